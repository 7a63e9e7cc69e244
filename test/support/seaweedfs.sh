#!/usr/bin/env bash
# A real S3 engine for tests: SeaweedFS, all its parts in one process, on loopback, data in DIR.
#   seaweedfs.sh DIR PORT    runs in the foreground until it is told to stop (SIGTERM) or standard input ends;
#                            prints "ready" when it answers. Keys: testaccess / testsecretkey.
# Needs scripts/install-s3-engines.sh.
set -euo pipefail
dir=$1 port=$2
program=${XDG_CACHE_HOME:-~/.cache}/lading/s3-engines/weed
exec 3<&0 # what runs in the background has no standard input of its own

# Its parts talk over ports of their own: all of them free, as several engines may run side by side.
read -r -a ports < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(7)]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))')
cat >"$dir/s3.json" <<JSON
{ "identities": [{ "name": "test", "actions": ["Admin"],
  "credentials": [{ "accessKey": "testaccess", "secretKey": "testsecretkey" }] }] }
JSON
mkdir "$dir/data"
arguments=(
  -dir="$dir/data" -ip=127.0.0.1 -ip.bind=127.0.0.1 -filer -s3
  -master.port="${ports[0]}" -master.port.grpc="${ports[1]}"
  -master.telemetry=false # it tells its makers of its use unless it is told not to
  -volume.port="${ports[2]}" -volume.port.grpc="${ports[3]}" -volume.max=64 -volume.preStopSeconds=0
  -filer.port="${ports[4]}" -filer.port.grpc="${ports[5]}" -filer.localSocket="$dir/filer.sock"
  -s3.port="$port" -s3.port.grpc="${ports[6]}" -s3.port.iceberg=0 -s3.port.lance=0
  -s3.localSocket="$dir/s3.sock" -s3.config="$dir/s3.json"
)
(cd "$dir" && exec "$program" -logdir="$dir" server "${arguments[@]}") </dev/null >"$dir/out" 2>&1 &
daemon=$!
stop() { trap - EXIT TERM INT; kill -9 "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; exit "${1:-0}"; }
trap 'stop $?' EXIT
trap 'stop 0' TERM INT

# The gateway answers before there is a volume to write to: so an object is written.
answers() { curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$port/healthz" && curl -sf -o /dev/null --max-time 5 -T "$dir/s3.json" "http://127.0.0.1:${ports[4]}/ready"; }
for _ in $(seq 300); do
  if answers; then echo ready; break; fi
  kill -0 "$daemon" || { tail -n 3 "$dir/out" >&2; exit 1; }
  sleep 0.1
done
# A parent that dies closes its end of the pipe; then this engine must not stay behind.
cat <&3 >/dev/null &
wait $!
