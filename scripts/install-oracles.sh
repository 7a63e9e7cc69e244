#!/usr/bin/env bash
# Builds the Go programs of test/oracles below the user's cache, with a Go that is new enough: the one on the PATH, else that of
# scripts/install-current-engines.sh. Says nothing and touches nothing when they are there and no source is newer.
set -euo pipefail

source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../test/oracles")
cache=${XDG_CACHE_HOME:-~/.cache}/lading
place=$cache/oracles
root=$cache/engines-forky/root

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
sums() { (cd "$source" && find . -type f | sort | xargs sha256sum); }
[[ $(sums) != "$(cat "$place/installed" 2>/dev/null)" ]] || exit 0

echo 'Building the oracles' >&2
rm -f "$place/installed"
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false GOTOOLCHAIN=local
# Each folder is a module of its own: they want different versions of the same engines.
build='for module in "$0"/*/go.mod; do (cd "${module%/go.mod}" && go build -o "$1/" ./...) || exit; done'
needed=$(awk '$1 == "go" { print $2 }' "$source"/*/go.mod | sort --version-sort | tail -n 1)
have=$(go env GOVERSION 2>/dev/null || true)
if [[ $(printf '%s\n' "go$needed" "$have" | sort --version-sort | tail -n 1) == "$have" ]]; then
  sh -c "$build" "$source" "$place"
else
  [[ -e $cache/engines-forky/installed ]] || { echo "Cannot build the oracles: no Go $needed, and no scripts/install-current-engines.sh." >&2; exit 1; }
  # A file system of its own, gone with the command.
  unshare --mount --fork --propagation private bash -euc '
    mount -t proc proc "$0/proc"
    mount --rbind /dev "$0/dev"
    mount --bind /etc/ssl/certs "$0/etc/ssl/certs" # the proxy of Go may be reached through one that signs for itself
    mkdir -p "$0/mnt/source" "$0/mnt/built"
    mount --bind "$1" "$0/mnt/source"
    mount --bind "$2" "$0/mnt/built"
    exec chroot "$0" env HOME=/root PATH=/usr/bin:/bin sh -c "$3" /mnt/source /mnt/built
  ' "$root" "$source" "$place" "$build" </dev/null >&2
fi
sums >"$place/installed"
