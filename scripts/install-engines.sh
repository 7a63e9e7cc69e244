#!/usr/bin/env bash
# Installs those Debian packages that the tests and the benchmark need and that are missing: engines and their tools.
# Does nothing when all are there. Needs root and Debian 12.
set -euo pipefail

wanted=(
  docker.io containerd runc podman crun skopeo umoci buildah
  radosgw ceph-mon ceph-osd
  debootstrap busybox-static libcap2-bin
  pigz gzip bzip2 xz-utils zstd lz4 pbzip2 lbzip2 pixz time
  cmake g++ make # scripts/install-runtime-client.sh
  ca-certificates curl openssl python3 python3-venv
)

missing() {
  local package
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get dpkg-query >/dev/null; then
  echo 'Cannot install the engines: that takes root on a Debian system.' >&2
  exit 1
fi
mapfile -t packages < <(missing)
((${#packages[@]})) || exit 0

# Runlevel 1 keeps the packages from starting engines of their own: the tests start private ones.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
echo "Installing ${packages[*]}" >&2
apt-get -q update >&2
apt-get -q install --yes --no-install-recommends "${packages[@]}" </dev/null >&2

mapfile -t packages < <(missing)
((${#packages[@]} == 0)) || { echo "Cannot install ${packages[*]}: apt-get reported no error, but they are not there." >&2; exit 1; }
