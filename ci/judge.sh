#!/usr/bin/env bash
# Judges a change before it is merged, offline: synth, plan, policies, review with the guard against data loss. The same in every CI.
#
#   bash ci/judge.sh BASE [OUT]
#
# BASE: the commit that it would be merged into. OUT: a new folder for the results (default: .work/judge): plan.txt, plan.json,
# check.sarif, check.xml, check.md, review.md, review.html, comment.md; with a file of prices (prices.json, or PRICES) cost.md.
# DICOM_CDK names another dicom-cdk, ALLOW another allow file.
# Exit: 0 good; 1 refused by plan or policies; 2 settings, waivers, allow file or wrong use; 3 data could be lost and nobody allowed it;
# 69 and 70 as dicom-cdk has them.
set -euo pipefail

base=${1:-}
out=${2:-.work/judge}
program=${DICOM_CDK:-$PWD/.venv/bin/dicom-cdk}
allow=${ALLOW:-allow-data-loss.yaml}
prices=${PRICES:-prices.json}

say() { printf 'judge: %s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

[ -n "$base" ] || fail "usage: bash ci/judge.sh BASE [OUT]; BASE is the commit that the change would be merged into"
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
if [ ! -d "$scratch/base/sites" ]; then
  say "$base has no sites/: everything is new"
elif [ -f "$scratch/base/tools/environment.py" ]; then
  # The constructs are part of the change: the base is made by its own.
  make --no-print-directory -C "$scratch/base" synth >&2
else
  (cd "$scratch/base" && "$program" synth >&2)
fi

verdict=0
# Lost data is the worst; then what could not be judged; then what was refused.
rank() { case $1 in 0) echo 0 ;; 1) echo 1 ;; 3) echo 9 ;; *) echo 5 ;; esac }
worse() { [ "$(rank "$1")" -le "$(rank "$verdict")" ] || verdict=$1; }
run() {
  local code=0
  "$program" "$@" || code=$?
  worse "$code"
}

say "plan"
run plan --json "$out/plan.json" >"$out/plan.txt" 2>&1
say "policies"
run check --format sarif --output "$out/check.sarif" --also junit="$out/check.xml" --also markdown="$out/check.md"
say "review"
if [ -d "$scratch/base/cdktf.out" ]; then
  guard=()
  [ ! -f "$allow" ] || guard=(--allow "$allow")
  run review "$scratch/base/cdktf.out" cdktf.out --format html --output "$out/review.html" --also markdown="$out/review.md" \
    "${guard[@]}"
else
  printf '### Review\n\nNothing was there before: all of it is new.\n' >"$out/review.md"
fi

if [ -f "$prices" ] && [ -d "$scratch/base/cdktf.out/stacks" ]; then
  say "cost, by the prices of $prices"
  # What it costs is told and decides nothing.
  "$program" cost --base "$scratch/base/cdktf.out" --prices "$prices" --format markdown --output "$out/cost.md" ||
    say "no cost could be told: the lines above say why"
fi

# GitHub takes 65,536 letters in a comment. What is cut closes what it has opened.
part() { # FILE LETTERS
  [ -f "$1" ] || { printf '(%s could not be made: see the log)\n' "${1##*/}"; return; }
  awk -v most="$2" -v name="${1##*/}" '
    { used += length($0) + 1 }
    used > most { if (code) print "```"; print "\n(cut: see " name " in the results)"; while (folded-- > 0) print "</details>"; exit }
    { print; if ($0 ~ /^```/) code = !code; folded += gsub(/<details>/, "&") - gsub(/<\/details>/, "&") }' "$1"
}
{
  part "$out/review.md" 36000
  printf '\n'
  [ ! -f "$out/cost.md" ] || { part "$out/cost.md" 4000; printf '\n'; }
  part "$out/check.md" 18000
  printf '\n<details><summary>Plan of all stacks, from nothing</summary>\n\n```\n'
  part "$out/plan.txt" 6000
  printf '```\n\n</details>\n'
} >"$out/comment.md"
case $verdict in
  0) say "good" ;;
  1) say "refused by plan or policies: see $out/comment.md" ;;
  3) say "data could be lost: name each address with a reason in $allow, if that is meant" ;;
  *) say "could not be judged (exit $verdict): the lines above say why" ;;
esac
exit "$verdict"
