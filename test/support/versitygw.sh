#!/usr/bin/env bash
# A real S3 engine for tests: versitygw over a folder, on loopback, data in DIR.
#   versitygw.sh DIR PORT    runs in the foreground until it is told to stop (SIGTERM) or standard input ends;
#                            prints "ready" when it answers. Keys: testaccess / testsecretkey.
# Notifications go to the address in LADING_S3_WEBHOOK, if there is one.
# Needs scripts/install-s3-engines.sh.
set -euo pipefail
dir=$1 port=$2
program=${XDG_CACHE_HOME:-~/.cache}/lading/s3-engines/versitygw
exec 3<&0 # what runs in the background has no standard input of its own

mkdir -p "$dir"/{buckets,versions}
"$program" --port "127.0.0.1:$port" --access testaccess --secret testsecretkey --quiet \
  ${LADING_S3_WEBHOOK:+--event-webhook-url "$LADING_S3_WEBHOOK"} \
  posix --versioning-dir "$dir/versions" "$dir/buckets" </dev/null >"$dir/out" 2>&1 &
daemon=$!
stop() { trap - EXIT TERM INT; kill -9 "$daemon" 2>/dev/null || true; wait "$daemon" 2>/dev/null || true; exit "${1:-0}"; }
trap 'stop $?' EXIT
trap 'stop 0' TERM INT

for _ in $(seq 300); do
  if curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$port/"; then echo ready; break; fi
  kill -0 "$daemon" || { tail -n 3 "$dir/out" >&2; exit 1; }
  sleep 0.1
done
# When the parent dies, its end of the pipe is closed, and this engine ends as well.
cat <&3 >/dev/null &
wait $!
