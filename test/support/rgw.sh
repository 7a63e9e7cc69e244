#!/usr/bin/env bash
# A real S3 engine for tests: Ceph's gateway over one monitor and one object store, on loopback, data in DIR.
#   rgw.sh DIR PORT    runs in the foreground until it is told to stop (SIGTERM) or standard input ends;
#                      prints "ready" when the gateway answers. Keys: testaccess / testsecretkey.
# Needs root, and Debian's radosgw, ceph-mon, ceph-osd; no manager daemon.
set -euo pipefail
dir=$1 port=$2 conf=$1/ceph.conf
export CEPH_CONF=$conf CEPH_ARGS=--no-mon-config
pids=()
exec 3<&0 # what runs in the background has no standard input of its own

# The data is not kept, so the daemons are killed. Ended cleanly and at once, each would wait for another that is gone.
stop() { trap - EXIT TERM INT; kill -9 "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" 2>/dev/null || true; exit "${1:-0}"; }
trap 'stop $?' EXIT
trap 'stop 0' TERM INT

launch() { "$@" </dev/null >>"$dir/out" 2>&1 & pids+=($!); }
until_ok() { # the command succeeds within 30 s, while the daemon started last lives
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return; fi
    kill -0 "${pids[-1]}" || { tail -n 3 "$dir/out" >&2; exit 1; }
    sleep 0.1
  done
  echo "no answer: $*" >&2; exit 1
}

mkdir -p "$dir"/{mon,osd,rgw,run}
read -r monport < <(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
fsid=$(cat /proc/sys/kernel/random/uuid)
cat >"$conf" <<CONF
[global]
fsid = $fsid
mon_initial_members = a
mon_host = [v2:127.0.0.1:$monport/0]
ms_bind_msgr1 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
log_file = $dir/\$name.log
crash_dir = $dir
debug_ms = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
[mon]
mon_data = $dir/mon
mon_data_avail_warn = 1
mon_data_avail_crit = 1
# A single monitor need not batch map changes; the default delay of a second adds up over a dozen pools.
paxos_propose_interval = 0.05
paxos_min_wait = 0.02
[osd]
osd_data = $dir/osd
osd_objectstore = bluestore
bluestore_block_size = $((${RGW_GB:-16} << 30))
bluestore_block_create = true
osd_memory_target = 939524096
osd_max_object_name_len = 2048
[client.rgw]
rgw_data = $dir/rgw
# By default the gateway encrypts its links to the monitor, which needs keys that do not exist here.
ms_mon_client_mode = crc
rgw_frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw_dns_name = localhost
rgw_enable_usage_log = false
rgw_gc_obj_min_wait = 5
rgw_rados_pool_pg_num_min = 8
CONF

monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$monport/0]" "$dir/monmap" >/dev/null
ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" >>"$dir/out" 2>&1
launch ceph-mon -c "$conf" -i a -f
until_ok ceph -c "$conf" --connect-timeout 2 mon stat

osd=$(cat /proc/sys/kernel/random/uuid)
ceph -c "$conf" osd new "$osd" 0 >/dev/null
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" >>"$dir/out" 2>&1
launch ceph-osd -c "$conf" -i 0 -f
until_ok sh -c 'ceph --connect-timeout 2 osd stat | grep -q "1 up"'

launch radosgw -c "$conf" -n client.rgw -f
until_ok curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$port/"
radosgw-admin -c "$conf" -n client.rgw --admin-socket= user create --uid=test --display-name=Test \
  --access-key=testaccess --secret-key=testsecretkey >>"$dir/out" 2>&1
echo ready
# When the parent dies, its end of the pipe is closed, and this engine ends as well.
cat <&3 >/dev/null &
wait $!
