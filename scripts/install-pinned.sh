#!/usr/bin/env bash
# Installs the Python programs that each NAME stands for, as scripts/NAME.txt pins them, into an environment of their own below
# the user's cache. Says nothing and touches nothing when they are there. Debian 12's python3-venv.
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
