"""A policy that cannot do its work is an error of the gate, never a silent pass (each in a process: registries are global)."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

GOOD = """\
metadata: {id: CKV2_OWN_1, name: A VPC has a name, category: CONVENTION, severity: LOW, guideline: "vpc_name: a name"}
definition: {cond_type: attribute, resource_types: [alicloud_vpc], attribute: vpc_name, operator: exists}
examples: {failing: {alicloud_vpc: {bad: {cidr_block: 10.0.0.0/8}}}, passing: {alicloud_vpc: {good: {vpc_name: a}}}}
"""
PYTHON = """\
from dicom_policy import ResourcePolicy


class Own(ResourcePolicy):
    key, title, severity_name, category, fix = "CKV2_OWN_2", "Own", "LOW", "CONVENTION", "mend it"
    types = ("alicloud_vpc",)
    failing = {"alicloud_vpc": {"bad": {}}}
    passing = {"alicloud_vpc": {"good": {"vpc_name": "a"}}}

    def problems(self, resource):
        BODY


check = Own()
"""


def check(folder: Path, name: str, text: str) -> "subprocess.CompletedProcess[str]":
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "dicom_cdk.cli", "check", "--policies", str(folder), "--today", "2026-11-25"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_own_policies_are_judged_beside_ours(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "vpc.py").write_text(PYTHON.replace("BODY", "yield 'no such network is wanted'"))
    done = check(folder, "vpc.yaml", GOOD.replace("operator: exists", "operator: equals, value: other"))
    assert done.returncode == 1, done.stderr
    assert "LOW CKV2_OWN_1: A VPC has a name" in done.stdout
    assert "- no such network is wanted" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.yaml", "metadata: [", "expected the node content, but found '<stream end>'"),
        ("a.yaml", "metadata: {id: CKV2_OWN_1}", "no policy: metadata and definition are needed"),
        ("a.yaml", GOOD.replace("id: CKV2_OWN_1, ", ""), "metadata.id is missing"),
        ("a.yaml", GOOD.replace("CKV2_OWN_1", "OWN"), "id OWN, allowed is CKV2_NAME_NUMBER"),
        ("a.yaml", GOOD.replace("CKV2_OWN_1", "CKV2_DICOM_1"), "id CKV2_DICOM_1 is taken by policies/ingress_from_internet.py"),
        ("a.yaml", GOOD.replace("severity: LOW", "severity: BAD"), "severity BAD, allowed are CRITICAL, HIGH, MEDIUM, LOW"),
        ("a.yaml", GOOD.replace("_vpc]", "_vcp]"), "CKV2_OWN_1 judges alicloud_vcp, which the provider does not have"),
        ("a.yaml", GOOD.replace("operator: exists", "operator: exist"), "CKV2_OWN_1: Checkov refuses its definition"),
        ("a.yaml", GOOD.split("examples")[0], "CKV2_OWN_1 has no failing example; add one"),
        ("a.yaml", GOOD.replace("passing", "pass"), "CKV2_OWN_1 has no passing example; add one"),
        ("a.yaml", GOOD.replace('guideline: "vpc_name: a name"', "x: y"), "CKV2_OWN_1 says no fix; add its guideline"),
        ("a.py", "check = (", "SyntaxError: '(' was never closed"),
        ("a.py", "import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("a.py", "x = 1", "no policy: it must end with `check = ItsClass()`"),
        ("a.py", PYTHON.replace("BODY", "raise ValueError('broken inside')"), "ValueError: broken inside"),
    ],
)  # fmt: skip
def test_a_policy_that_cannot_judge_ends_the_gate(name: str, text: str, problem: str, tmp_path: Path) -> None:
    done = check(tmp_path / "own", name, text)
    assert done.returncode == 2, done.stdout + done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert "nothing failed" not in done.stdout


def test_a_folder_of_policies_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "dicom_cdk.cli", "check", "--policies", str(tmp_path / "none")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == f"{tmp_path / 'none'}: no such folder; name one with policies"
