#!/usr/bin/env bash
# Nightly: does the cloud still look as the files say? Needs the account's credentials, the state and the network; changes nothing.
#
#   bash ci/drift.sh STACK_DIR [OUT]
#
# Writes OUT/drift.md and OUT/drift.json (default: .work/drift). Host steps that the vendor forgot after 30 days are named apart and are
# no drift. Exit: 0 no drift; 1 drift; 2 no plan could be made.
set -euo pipefail

stack=${1:?"usage: bash ci/drift.sh STACK_DIR [OUT]"}
out=${2:-.work/drift}
program=${DICOM_CDK:-$PWD/.venv/bin/dicom-cdk}
terraform=${TERRAFORM:-$(command -v terraform || command -v tofu || true)}

say() { printf 'drift: %s\n' "$*" >&2; }

[ -f "$stack/cdk.tf.json" ] || { say "$stack holds no cdk.tf.json; synthesize first"; exit 2; }
[ -n "$terraform" ] || { say "neither terraform nor tofu is on PATH; install one, or name it in TERRAFORM"; exit 2; }
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$terraform" -chdir="$stack" init -input=false -lockfile=readonly >&2 || "$terraform" -chdir="$stack" init -input=false >&2 || exit 2
# The plan may hold secrets: it stays in a folder of our own, and only names leave it.
"$terraform" -chdir="$stack" plan -input=false -lock=false -out="$scratch/plan" >/dev/null || { say "no plan could be made"; exit 2; }
"$terraform" -chdir="$stack" show -json "$scratch/plan" >"$scratch/plan.json" || exit 2
"$program" drift "$scratch/plan.json" --format json --output "$out/drift.json" || true
code=0
"$program" drift "$scratch/plan.json" --format markdown --output "$out/drift.md" || code=$?
cat "$out/drift.md"
exit "$code"
