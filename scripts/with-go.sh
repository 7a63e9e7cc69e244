#!/usr/bin/env bash
# Runs a shell script with a Go of at least VERSION: the one on the PATH, or that of scripts/install-current-engines.sh.
#   scripts/with-go.sh VERSION SCRIPT FOLDER…    the script gets the folders as $1, $2 and so on
set -euo pipefail

needed=$1 script=$2
shift 2
root=${XDG_CACHE_HOME:-~/.cache}/lading/engines-forky/root
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOTOOLCHAIN=local

have=$(go env GOVERSION 2>/dev/null || true)
if [[ $(printf '%s\n' "go$needed" "$have" | sort --version-sort | tail -n 1) == "$have" ]]; then
  exec sh -euc "$script" "$0" "$@" </dev/null >&2
fi
[[ -e $root/../installed ]] || { echo "Cannot build: no Go $needed, and no scripts/install-current-engines.sh." >&2; exit 1; }
# The mounts disappear with the command.
exec unshare --mount --fork --propagation private bash -euc '
  root=$0 script=$1
  shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind /etc/ssl/certs "$root/etc/ssl/certs" # a proxy on the way may have its own certificate authority
  seen=()
  for folder; do
    place=/mnt/folder-${#seen[@]}
    mkdir -p "$root$place"
    mount --bind "$folder" "$root$place"
    seen+=("$place")
  done
  exec chroot "$root" env HOME=/root PATH=/usr/bin:/bin sh -euc "$script" sh "${seen[@]}"
' "$root" "$script" "$@" </dev/null >&2
