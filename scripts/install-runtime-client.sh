#!/usr/bin/env bash
# Builds Lambda's own runtime client for Node (npm aws-lambda-ric) below the user's cache. test/runtime runs the bundles
# with it. Does nothing when it is there. Needs cmake, g++, make and python3 of Debian 12, and this project's packages:
# their Node has the headers, which would be downloaded otherwise.
set -euo pipefail

version=4.0.2
place=${XDG_CACHE_HOME:-~/.cache}/lading/aws-lambda-ric-$version

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
[[ ! -e $place/installed ]] || exit 0

echo 'Installing aws-lambda-ric' >&2
headers=$(realpath "$(dirname "$0")"/../node_modules/node/node_modules/node-*/include)
export npm_config_nodedir=${headers%/include} PATH=${headers%/include}/bin:$PATH
exact=(--prefix "$place" --no-save --no-package-lock --ignore-scripts=false --no-audit --no-fund --loglevel=error)
npm install "${exact[@]}" "aws-lambda-ric@$version" </dev/null >&2
[[ -e $place/node_modules/aws-lambda-ric/rapid-client.node ]] || { echo 'Cannot install aws-lambda-ric: it was not built.' >&2; exit 1; }
touch "$place/installed"
