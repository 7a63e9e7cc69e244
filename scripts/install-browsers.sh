#!/usr/bin/env bash
# Installs the browsers of Debian that the page is tested in, with fonts for English and Chinese. Does nothing when all
# are there. Needs root and Debian 12.
set -euo pipefail

wanted=(chromium firefox-esr fonts-dejavu-core fonts-noto-cjk)

missing() {
  local package
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

mapfile -t packages < <(missing)
((${#packages[@]})) || exit 0

export DEBIAN_FRONTEND=noninteractive
echo "Installing ${packages[*]}" >&2
apt-get -q update >&2
apt-get -q install --yes --no-install-recommends "${packages[@]}" </dev/null >&2
