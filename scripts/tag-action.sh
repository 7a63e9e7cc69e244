#!/usr/bin/env bash
# Builds the GitHub Action, commits its bundle on top of the checked-out commit, and pushes that commit as two tags:
# action-VERSION, which stays, and the major version, which moves on. Further arguments are those of git push.
#   scripts/tag-action.sh REMOTE v1.2.3 [--dry-run]
set -euo pipefail

remote=$1 version=$2
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/.."
node scripts/build-action.ts
git add --force action/dist
git -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --quiet --message "Add the bundle of the Action of $version"
git push --quiet "$@" "$remote" "HEAD:refs/tags/action-$version" "+HEAD:refs/tags/${version%%.*}"
