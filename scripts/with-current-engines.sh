#!/usr/bin/env bash
# Runs a command with the container engines of today (scripts/install-current-engines.sh), this checkout and its Node:
#   scripts/with-current-engines.sh node --test test/interop/verdict.test.ts
# LADING_STORE chooses Docker's store: `containerd` (the default, as in a fresh Docker 29) or `overlay2`.
# The command has its own mounts, processes, loopback network and /tmp, all of which disappear when it ends.
# Needs root.
set -euo pipefail

(($#)) || { echo "Usage: $0 COMMAND…" >&2; exit 2; }
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
cache=${XDG_CACHE_HOME:-~/.cache}
root=$cache/lading/engines-forky/root
[[ -e $cache/lading/engines-forky/installed ]] || { echo 'Cannot run among the engines of today: scripts/install-current-engines.sh installs them.' >&2; exit 1; }

# Engines keep their images below /tmp, and need overlays there. When the disk is an overlay itself, /tmp is in memory.
scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
export LADING_STORE=${LADING_STORE:-containerd}
export -n TMPDIR

# The shell stays as process 1: it reaps the processes that engines leave behind, and all others end with it.
unshare --mount --pid --net --fork --kill-child --propagation private bash -euc '
  here=$1 cache=$2 root=$3 scratch=$4
  shift 4
  # Writes to the root file system go to an overlay, so several commands can use it at the same time.
  mkdir "$scratch/tmp" "$scratch/root"
  mount -t tmpfs -o mode=0755 lading "$scratch/root"
  mkdir "$scratch/root/upper" "$scratch/root/work" "$scratch/root/all"
  all=$scratch/root/all
  mount -t overlay -o "lowerdir=$root,upperdir=$scratch/root/upper,workdir=$scratch/root/work" lading "$all"
  mount -t proc proc "$all/proc"
  mount --rbind /sys "$all/sys"
  mount --rbind /dev "$all/dev"
  mount -t tmpfs -o mode=0755 lading "$all/run"
  if [[ $(stat -f -c %T "$scratch") == overlayfs ]]; then mount -t tmpfs lading "$all/tmp"
  else mount --bind "$scratch/tmp" "$all/tmp"; fi
  chmod 1777 "$all/tmp"
  for place in "$here" "$cache/lading"; do
    mkdir -p "$all$place"
    mount --bind "$place" "$all$place"
  done
  ip link set lo up
  # buildah tries to raise these limits, which is not permitted everywhere.
  echo "[containers]
default_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]" >"$all/etc/containers/containers.conf"
  chroot "$all" env --chdir="$here" HOME=/root XDG_CACHE_HOME="$cache" PATH="$here/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"
' bash "$here" "$cache" "$root" "$scratch" "$@"
