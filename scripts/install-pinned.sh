#!/usr/bin/env bash
# Installs the Python programs that scripts/NAME.txt pins, for each NAME, into a virtual environment below the user's
# cache. Does nothing when they are there. Needs python3-venv of Debian 12.
set -euo pipefail

here=$(dirname "${BASH_SOURCE[0]}")
(($#)) || { echo "Usage: $0 NAME…" >&2; exit 2; }
for name in "$@"; do
  pins=$here/$name.txt
  place=${XDG_CACHE_HOME:-~/.cache}/lading/$name

  mkdir -p "$place"
  exec 9>"$place/lock"
  flock 9 # two checkouts may want it at once
  ! cmp --quiet "$pins" "$place/installed" || continue

  echo "Installing $name" >&2
  rm -f "$place/installed"
  /usr/bin/python3 -m venv --clear "$place/venv" >&2
  exact=(--no-deps --only-binary :all: --requirement "$pins")
  "$place/venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "${exact[@]}" </dev/null >&2
  "$place/venv/bin/python" -m pip check >&2
  cp "$pins" "$place/installed"
done
