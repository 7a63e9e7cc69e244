#!/usr/bin/env bash
# Installs what the tests of pipelines need: Debian packages that are missing (shells, a linter of manual pages), and,
# below the user's cache, act (it runs workflows of GitHub), actionlint, crane, and gitlab-ci-local (for pipelines of GitLab).
# Does nothing when all are there. Needs root, Debian 12, and a Go for scripts/with-go.sh.
set -euo pipefail

wanted=(zsh fish mandoc man-db rsync git)
modules=(
  github.com/nektos/act@v0.2.89
  github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
  github.com/google/go-containerregistry/cmd/crane@v0.20.6
)
go=1.25.0 # the highest version in their go.mod
gitlab=gitlab-ci-local@4.75.1
place=${XDG_CACHE_HOME:-~/.cache}/lading/pipelines

missing() {
  local package
  for package in "${wanted[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

mkdir -p "$place"
exec 9>"$place/lock"
flock 9 # two checkouts may want it at once

mapfile -t packages < <(missing)
if ((${#packages[@]})); then
  echo "Installing ${packages[*]}" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update >&2
  apt-get -q install --yes --no-install-recommends "${packages[@]}" </dev/null >&2
fi

[[ $(cat "$place/installed" 2>/dev/null) != "${modules[*]} $gitlab" ]] || exit 0
rm -f "$place/installed"
for module in "${modules[@]}"; do
  echo "Building $module" >&2
  "$(dirname "${BASH_SOURCE[0]}")/with-go.sh" "$go" "GOBIN=\$1 go install -trimpath $module" "$place"
done
echo "Installing $gitlab" >&2
npm install --prefix "$place" --no-save --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel=error "$gitlab" </dev/null >&2
echo "${modules[*]} $gitlab" >"$place/installed"
