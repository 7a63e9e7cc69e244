#!/usr/bin/env bash
# Builds SeaweedFS and versitygw, servers that speak S3, below the user's cache, with scripts/with-go.sh. Says nothing and touches
# nothing when they are there.
set -euo pipefail

# Program, package within the module, module and version. SeaweedFS numbers no release as a Go module.
engines='weed ./weed github.com/seaweedfs/seaweedfs@v0.0.0-20261109003541-7506e5f91cd6
versitygw ./cmd/versitygw github.com/versity/versitygw@v1.8.0'
go=1.26.6 # what the go.mod of SeaweedFS asks for
place=${XDG_CACHE_HOME:-~/.cache}/lading/s3-engines

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
[[ $(cat "$place/installed" 2>/dev/null) != "$engines" ]] || exit 0

echo 'Building SeaweedFS and versitygw' >&2
rm -f "$place/installed"
# Inside its own source a module is built with the versions that its makers tested; `go install` refuses one that replaces modules.
build='
  echo "$engines" | while read -r program package module; do
    source=$(go mod download -json "$module" | sed -n "s/.*\"Dir\": \"\(.*\)\",/\1/p")
    (cd "$source" && go build -trimpath -ldflags="-s -w" -o "$1/$program" "$package") || exit
  done'
"$(dirname "${BASH_SOURCE[0]}")/with-go.sh" "$go" "engines='$engines'
$build" "$place"
echo "$engines" >"$place/installed"
