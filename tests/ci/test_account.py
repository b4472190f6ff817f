"""ci/account.sh: what it asks, what it writes, how it ends."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROGRAM = """#!/bin/sh
echo "$@" >>"$CALLS"
while [ "$#" -gt 0 ]; do
  case $1 in --output) echo "### $name" >"$2" ;; --save) echo "{}" >"$2" ;; preflight | cost) name=$1 ;; esac
  shift
done
[ "$name" = preflight ] && exit "$PREFLIGHT_CODE"
exit "$COST_CODE"
"""


def account(tmp_path: Path, *stacks: str, preflight: int = 0, cost: int = 0) -> "subprocess.CompletedProcess[str]":
    (tmp_path / "program").write_text(PROGRAM)
    (tmp_path / "program").chmod(0o755)
    environment = {
        "PATH": "/usr/bin:/bin", "DICOM_CDK": str(tmp_path / "program"), "CALLS": str(tmp_path / "calls"),
        "PREFLIGHT_CODE": str(preflight), "COST_CODE": str(cost),
    }  # fmt: skip
    return subprocess.run(
        ["bash", str(ROOT / "ci/account.sh"), *stacks], cwd=tmp_path, env=environment, capture_output=True, text=True
    )


@pytest.fixture
def stack(tmp_path: Path) -> str:
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic/cdk.tf.json").write_text("{}")
    return "clinic"


@pytest.mark.parametrize("code", [0, 1, 69])
def test_it_ends_as_the_preflight_does_and_keeps_everything(code: int, stack: str, tmp_path: Path) -> None:
    done = account(tmp_path, "out", stack, preflight=code)
    assert (done.returncode, done.stdout) == (code, "### preflight\n### cost\n")
    assert (tmp_path / "calls").read_text().splitlines() == [
        "preflight --stack-dir clinic --format markdown --output out/preflight.md",
        "cost --stack-dir clinic --save out/prices.json --format markdown --output out/cost.md",
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["cost.md", "preflight.md", "prices.json"]


def test_a_cost_that_cannot_be_told_decides_nothing(stack: str, tmp_path: Path) -> None:
    done = account(tmp_path, "out", stack, cost=69)
    assert done.returncode == 0
    assert "account: no cost could be told" in done.stderr


@pytest.mark.parametrize("words", [(), ("out",), ("out", "nowhere")])
def test_wrong_use_is_told_and_asks_nobody(words: tuple[str, ...], tmp_path: Path) -> None:
    done = account(tmp_path, *words)
    assert done.returncode == 2
    assert "usage: bash ci/account.sh" in done.stderr or "holds no cdk.tf.json; synthesize first" in done.stderr
    assert not (tmp_path / "calls").exists()
