#!/usr/bin/env bash
# Asks an account, with calls that read, whether stacks could be applied now, and what they cost.
#
#   bash ci/account.sh OUT STACK_DIR...
#
# Writes OUT/preflight.md, OUT/cost.md and OUT/prices.json, which a pipeline without a key may keep as prices.json (docs/cost.md). The key is
# the one of ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET; `dicom-cdk preflight --policy` prints what it must be allowed.
# Exit: 0 ready; 1 an apply would fail; 2 wrong use; 69 not everything could be asked.
set -euo pipefail

usage="usage: bash ci/account.sh OUT STACK_DIR..."
program=${DICOM_CDK:-$PWD/.venv/bin/dicom-cdk}

say() { printf 'account: %s\n' "$*" >&2; }

[ "$#" -gt 1 ] || { say "$usage"; exit 2; }
out=$1
shift
stacks=()
for stack in "$@"; do
  [ -f "$stack/cdk.tf.json" ] || { say "$stack holds no cdk.tf.json; synthesize first"; exit 2; }
  stacks+=(--stack-dir "$stack")
done
mkdir -p "$out"
code=0
"$program" preflight "${stacks[@]}" --format markdown --output "$out/preflight.md" || code=$?
"$program" cost "${stacks[@]}" --save "$out/prices.json" --format markdown --output "$out/cost.md" || say "no cost could be told: the lines above say why"
for file in "$out/preflight.md" "$out/cost.md"; do
  [ ! -f "$file" ] || cat "$file"
done
exit "$code"
