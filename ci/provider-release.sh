#!/usr/bin/env bash
# Nightly: is there a newer release of the provider than those whose facts are here? Its facts, made from its source. Needs the network.
#
#   bash ci/provider-release.sh [OUT]
#
# PROVIDER_REPOSITORY: where git finds the provider; PROVIDER_FACTS: the folder that gets the facts (default: provider). Writes the release
# to OUT/release (empty: none is newer) and what is new to OUT/news.md (default: .work/provider). Exit: 0 made or none; 1 refused; 2 no list.
set -euo pipefail

out=${1:-.work/provider}
repository=${PROVIDER_REPOSITORY:-https://github.com/aliyun/terraform-provider-alicloud}
facts=${PROVIDER_FACTS:-provider}
python=${PYTHON:-$PWD/.venv/bin/python}

say() { printf 'provider release: %s\n' "$*" >&2; }

[ -f "$facts/overlay.json.gz" ] || { say "$facts holds no facts; start this at the top of a checkout"; exit 2; }
mkdir -p "$out"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

git ls-remote --tags --refs "$repository" >"$scratch/tags" || { say "$repository gives no list of releases"; exit 2; }
release=$("$python" -m provider.derive.newest "$facts" <"$scratch/tags")
printf '%s' "$release" >"$out/release"
if [ -z "$release" ]; then
  say "none is newer than those in $facts"
  exit 0
fi
say "$release is newer"
git -c advice.detachedHead=false clone --quiet --depth 1 --branch "v$release" "$repository" "$scratch/source"
"$python" -m provider.derive "$release" "$scratch/source" --into "$facts" >/dev/null || exit 1
cp "$facts/$release/news.md" "$out/news.md"
cat "$out/news.md"
