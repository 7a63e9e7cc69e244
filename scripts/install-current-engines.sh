#!/usr/bin/env bash
# Makes a root file system of the coming Debian below the user's cache, with the container engines of today and with Go.
# pigz is left out, because it unpacks what containerd itself refuses. Does nothing when all is there. Needs root and
# debootstrap of Debian 12 (scripts/install-engines.sh).
set -euo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

release=forky
packages=(
  docker.io docker-cli docker-buildx podman skopeo umoci buildah containerd crun runc crane oras
  golang-go busybox-static debootstrap libcap2-bin bzip2 xz-utils zstd iproute2 python3 ca-certificates
)
place=${XDG_CACHE_HOME:-~/.cache}/lading/engines-$release
regctl=v0.11.7 # not in Debian
wanted="$release ${packages[*]} $regctl"

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once
[[ $(cat "$place/installed" 2>/dev/null) != "$wanted" ]] || exit 0

mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 'Codename: bookworm' | head -n 1
}
uri=$(mirror)
if [[ -z $uri ]]; then # no package lists yet
  apt-get -q update >&2
  uri=$(mirror)
fi
[[ -n $uri ]] || { echo 'Cannot install the engines of today: apt knows no mirror of Debian.' >&2; exit 1; }
proxy=
eval "$(apt-config shell proxy Acquire::http::Proxy)"
[[ -z $proxy ]] || export http_proxy=$proxy

echo "Installing the engines of $release" >&2
rm -rf "$place/root" "$place/installed"
# debootstrap of Debian 12 has no script for the coming release, so the script for sid is used.
debootstrap --variant=minbase "$release" "$place/root" "$uri" /usr/share/debootstrap/scripts/sid </dev/null >&2
# This root file system is what scripts/debian-root.sh unpacks.
tar -C "$place/root" --numeric-owner --zstd -cf "$place/minbase.tar.zst" .
[[ -z $proxy ]] || echo "Acquire::http::Proxy \"$proxy\";" >"$place/root/etc/apt/apt.conf.d/proxy"
cp /etc/resolv.conf /etc/hosts "$place/root/etc/"

# The mounts disappear with the command. Runlevel 1 keeps the packages from starting engines.
unshare --mount --fork --propagation private bash -euc '
  mount -t proc proc "$0/proc"
  mount --rbind /sys "$0/sys"
  mount --rbind /dev "$0/dev"
  regctl=$1
  shift
  chroot "$0" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q install --yes --no-install-recommends "$@"
  mount --bind /etc/ssl/certs "$0/etc/ssl/certs" # a proxy on the way may have its own certificate authority
  exec chroot "$0" env HOME=/root PATH=/usr/bin:/bin GOBIN=/usr/bin GOPATH=/tmp/go CGO_ENABLED=0 GOFLAGS=-modcacherw \
    go install "github.com/regclient/regclient/cmd/regctl@$regctl"
' "$place/root" "$regctl" "${packages[@]}" </dev/null >&2
rm -rf "$place/root/tmp/go" "$place/root/root/.cache"
rm -f "$place/root"/var/cache/apt/archives/*.deb
echo "$wanted" >"$place/installed"
