#!/usr/bin/env bash
# Judges a change before it is merged, offline: synth, plan, policies, review with the guard against data loss. The same in every CI.
#
#   bash ci/judge.sh BASE [OUT]
#
# BASE: the commit that it would be merged into. OUT: a new folder for the results (default: .work/judge): plan.txt, plan.json,
# check.sarif, check.xml, check.md, review.md, review.html, comment.md. DICOM_CDK names another dicom-cdk, ALLOW another allow file.
# Exit: 0 good; 1 refused by plan or policies; 2 settings or wrong use; 3 data could be lost and nobody allowed it.
set -euo pipefail

base=${1:?"usage: bash ci/judge.sh BASE [OUT]"}
out=${2:-.work/judge}
program=${DICOM_CDK:-$PWD/.venv/bin/dicom-cdk}
allow=${ALLOW:-allow-data-loss.yaml}

say() { printf 'judge: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

[ -x "$program" ] || fail "$program is not there; run python3 tools/environment.py test, or name it in DICOM_CDK"
git rev-parse --verify --quiet "$base^{commit}" >/dev/null || fail "$base is no commit here; fetch it (all of the history)"
[ ! -e "$out" ] || fail "$out is there already; name a new folder"
mkdir -p "$out"
out=$(cd "$out" && pwd)
scratch=$(mktemp -d)
trap 'git worktree remove --force "$scratch/base" 2>/dev/null || true; rm -rf "$scratch"' EXIT

say "synthesizing what is proposed"
"$program" synth >&2
if git ls-files --error-unmatch cdktf.out >/dev/null 2>&1; then
  git diff --exit-code --stat -- cdktf.out >&2 || fail "cdktf.out is not what sites/ give; synthesize and commit it"
fi

say "synthesizing $base"
git worktree add --quiet --detach "$scratch/base" "$base"
if [ -f "$scratch/base/tools/environment.py" ]; then
  # The constructs are part of the change: the base is made by its own.
  make --no-print-directory -C "$scratch/base" synth >&2
else
  (cd "$scratch/base" && "$program" synth >&2)
fi

verdict=0
worse() { [ "$1" -le "$verdict" ] || verdict=$1; }

say "plan"
"$program" plan --json "$out/plan.json" >"$out/plan.txt" 2>&1 || worse 1
say "policies"
"$program" check --format sarif --output "$out/check.sarif" || worse 1
"$program" check --format junit --output "$out/check.xml" || worse 1
"$program" check --format markdown --output "$out/check.md" || worse 1
say "review"
guard=()
[ ! -f "$allow" ] || guard=(--allow "$allow")
"$program" review "$scratch/base/cdktf.out" cdktf.out --format html --output "$out/review.html" "${guard[@]}" || true
code=0
"$program" review "$scratch/base/cdktf.out" cdktf.out --format markdown --output "$out/review.md" "${guard[@]}" || code=$?
worse "$code"

{
  cat "$out/review.md"
  printf '\n'
  cat "$out/check.md"
  printf '\n<details><summary>Plan of all stacks, from nothing</summary>\n\n```\n'
  cat "$out/plan.txt"
  printf '```\n\n</details>\n'
} >"$out/comment.md"
case $verdict in
  0) say "good" ;;
  1) say "refused by plan or policies: see $out/comment.md" ;;
  3) say "data could be lost: name each address with a reason in $allow, if that is meant" ;;
  *) say "could not be judged" ;;
esac
exit "$verdict"
