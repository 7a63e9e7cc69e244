#!/usr/bin/env bash
# Makes a real, small Debian root file system in DIR, from the mirror and the proxy that apt is configured with.
#   scripts/debian-root.sh DIR
set -euo pipefail

dir=$1
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' "Codename: $codename" | head -n 1
}

uri=$(mirror)
if [[ -z $uri ]]; then # no package lists yet
  apt-get -q update >&2
  uri=$(mirror)
fi
[[ -n $uri ]] || { echo "Cannot make a Debian root file system: apt knows no mirror of $codename." >&2; exit 1; }

proxy=
eval "$(apt-config shell proxy Acquire::http::Proxy)"
[[ -z $proxy ]] || export http_proxy=$proxy

debootstrap --variant=minbase "$codename" "$dir" "$uri" >&2
# What a published Debian image leaves out, and what debootstrap copies from this machine.
rm -rf "$dir"/etc/{hostname,resolv.conf} "$dir"/var/cache/apt/* "$dir"/var/lib/apt/lists/* "$dir"/usr/share/{doc,locale,man}/* "$dir"/var/log/*.log
