#!/usr/bin/env bash
# Makes a real, small Debian root file system in DIR. It is downloaded from apt's mirror, through apt's proxy. Among the
# engines of today there is no network, so it is unpacked from the archive of scripts/install-current-engines.sh.
#   scripts/debian-root.sh DIR
set -euo pipefail

dir=$1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
kept=${XDG_CACHE_HOME:-~/.cache}/lading/engines-$codename/minbase.tar.zst

mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' "Codename: $codename" | head -n 1
}

from_mirror() {
  local uri proxy=
  uri=$(mirror)
  if [[ -z $uri ]]; then # no package lists yet
    apt-get -q update >&2
    uri=$(mirror)
  fi
  [[ -n $uri ]] || { echo "Cannot make a Debian root file system: apt knows no mirror of $codename." >&2; exit 1; }
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  [[ -z $proxy ]] || export http_proxy=$proxy
  debootstrap --variant=minbase "$codename" "$dir" "$uri" >&2
}

if [[ -e $kept ]]; then
  mkdir -p "$dir"
  tar -C "$dir" --numeric-owner -xf "$kept"
else
  from_mirror
fi
# Published Debian images leave most of these out. debootstrap copies the first two from this machine.
rm -rf "$dir"/etc/{hostname,resolv.conf} "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir"/usr/share/{doc,locale,man}/* "$dir"/var/log/*.log
