#!/usr/bin/env bash
# Builds versitygw, a server that speaks S3, below the user's cache, with scripts/with-go.sh. Does nothing when it is
# there.
set -euo pipefail

module=github.com/versity/versitygw/cmd/versitygw@v1.8.0
go=1.25.0 # the version in its go.mod
place=${XDG_CACHE_HOME:-~/.cache}/lading/s3-engines

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
[[ $(cat "$place/installed" 2>/dev/null) != "$module" ]] || exit 0

echo "Building $module" >&2
rm -f "$place/installed"
"$(dirname "${BASH_SOURCE[0]}")/with-go.sh" "$go" "GOBIN=\$1 go install -trimpath $module" "$place"
echo "$module" >"$place/installed"
