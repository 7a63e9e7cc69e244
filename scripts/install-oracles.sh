#!/usr/bin/env bash
# Builds the Go programs of test/oracles below the user's cache, with scripts/with-go.sh. Does nothing when they were
# built from the same sources.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
source=$(realpath "$here/../test/oracles")
place=${XDG_CACHE_HOME:-~/.cache}/lading/oracles

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
sums() { (cd "$source" && find . -type f | sort | xargs sha256sum); }
[[ $(sums) != "$(cat "$place/installed" 2>/dev/null)" ]] || exit 0

echo 'Building the oracles' >&2
rm -f "$place/installed"
needed=$(awk '$1 == "go" { print $2 }' "$source"/*/go.mod | sort --version-sort | tail -n 1)
# Each folder is a module of its own, because they need different versions of the same engines.
build='for module in "$1"/*/go.mod; do (cd "${module%/go.mod}" && go build -o "$2/" ./...) || exit; done'
"$here/with-go.sh" "$needed" "$build" "$source" "$place"
sums >"$place/installed"
