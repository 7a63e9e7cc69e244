#!/usr/bin/env bash
# Installs the coverage-guided fuzzer of `npm run fuzz` (npm @jazzer.js/core) below the user's cache. Its prebuilt addon
# needs a newer libc than Debian 12 has, so it runs among the engines of today (scripts/with-current-engines.sh).
# Does nothing when it is there.
set -euo pipefail

version=4.0.0
place=${XDG_CACHE_HOME:-~/.cache}/lading/jazzer

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
[[ $(cat "$place/installed" 2>/dev/null) != "$version" ]] || exit 0

echo 'Installing the fuzzer' >&2
rm -f "$place/installed"
exact=(--prefix "$place" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error)
npm install "${exact[@]}" "@jazzer.js/core@$version" </dev/null >&2
echo "$version" >"$place/installed"
