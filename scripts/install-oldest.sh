#!/usr/bin/env bash
# Installs the oldest versions that the package says it works with (scripts/oldest.txt), and the oldest Node and one that
# is too old, below the user's cache. Does nothing when they are there. test/package uses them.
set -euo pipefail

pins=$(dirname "${BASH_SOURCE[0]}")/oldest.txt
place=${XDG_CACHE_HOME:-~/.cache}/lading/oldest
mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
! cmp --quiet "$pins" "$place/installed" || exit 0

echo "Installing the oldest versions that the package works with" >&2
rm -f "$place/installed"
quiet=(--no-audit --no-fund --no-save --loglevel=error --prefer-offline)
mapfile -t packages <"$pins"
npm install "${quiet[@]}" --ignore-scripts --prefix "$place" "${packages[@]}" >&2
arch=$(node -p process.arch)
for version in 20.20.2 22.15.0; do
  npm install "${quiet[@]}" --prefix "$place/node-$version" "node-linux-$arch@$version" >&2
  ln -sfn "node_modules/node-linux-$arch/bin" "$place/node-$version/bin"
done
cp "$pins" "$place/installed"
