#!/usr/bin/env bash
# Runs a script of sh with a Go that is new enough: the one on the PATH, else that of scripts/install-current-engines.sh.
#   scripts/with-go.sh VERSION SCRIPT FOLDER…    the script sees the folders as $1, $2 and so on
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
# A file system of its own, gone with the command.
exec unshare --mount --fork --propagation private bash -euc '
  root=$0 script=$1
  shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind /etc/ssl/certs "$root/etc/ssl/certs" # the proxy of Go may be reached through one that signs for itself
  seen=()
  for folder; do
    place=/mnt/folder-${#seen[@]}
    mkdir -p "$root$place"
    mount --bind "$folder" "$root$place"
    seen+=("$place")
  done
  exec chroot "$root" env HOME=/root PATH=/usr/bin:/bin sh -euc "$script" sh "${seen[@]}"
' "$root" "$script" "$@" </dev/null >&2
