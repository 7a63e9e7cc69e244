#!/usr/bin/env bash
# Installs the AWS emulator and the AWS command line of the deployment test, as scripts/emulator.txt pins them, into a Python
# environment of their own below the user's cache. Says nothing and touches nothing when they are there. Debian 12's python3-venv.
set -euo pipefail

pins=$(dirname "${BASH_SOURCE[0]}")/emulator.txt
place=${XDG_CACHE_HOME:-~/.cache}/lading/emulator

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
! cmp --quiet "$pins" "$place/installed" || exit 0

echo 'Installing the AWS emulator and the AWS command line' >&2
rm -f "$place/installed"
/usr/bin/python3 -m venv --clear "$place/venv" >&2
exact=(--no-deps --only-binary :all: --requirement "$pins")
"$place/venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "${exact[@]}" </dev/null >&2
"$place/venv/bin/python" -m pip check >&2
cp "$pins" "$place/installed"
