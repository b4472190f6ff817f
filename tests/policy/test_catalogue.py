"""A policy that cannot do its work is an error of the gate, never a silent pass (each in a process: registries are global)."""

from pathlib import Path

import pytest

from tests.commanding import Done, dicom_cdk

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

PLAIN = """\
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class Named(BaseResourceCheck):
    def __init__(self):
        super().__init__("A VPC is called acme", "CKV_ACME_1", [CheckCategories.CONVENTION], ["alicloud_vpc"])

    def scan_resource_conf(self, conf):
        if "vpc_name" not in conf:
            return CheckResult.UNKNOWN
        return CheckResult.PASSED if conf["vpc_name"] == ["acme"] else CheckResult.FAILED


scanner = Named()
"""
DATA = """\
from checkov.common.models.enums import CheckCategories
from checkov.terraform.checks.data.base_check import BaseDataCheck


class Asked(BaseDataCheck):
    def __init__(self):
        super().__init__("Asks", "CKV_ACME_3", [CheckCategories.CONVENTION], ["alicloud_zones"])

    def scan_data_conf(self, conf):
        raise NotImplementedError


check = Asked()
"""
GRAPH = """\
metadata: {id: CKV2_ACME_2, name: A VPC has a description, category: CONVENTION}
definition: {cond_type: attribute, resource_types: [alicloud_vpc], attribute: description, operator: equals, value: none}
"""


def check(folder: Path, name: str, text: str) -> Done:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return dicom_cdk("check", "--policies", folder, "--today", "2026-11-25")


def test_own_policies_are_judged_beside_ours(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "vpc.py").write_text(PYTHON.replace("BODY", "yield 'no such network is wanted'"))
    done = check(folder, "vpc.yaml", GOOD.replace("operator: exists", "operator: equals, value: other"))
    assert done.returncode == 1, done.stderr
    assert "LOW CKV2_OWN_1: A VPC has a name" in done.stdout
    assert "- no such network is wanted" in done.stdout


def test_checks_written_for_plain_checkov_are_judged_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise SystemExit('never imported')")
    (folder / "graph.yaml").write_text(GRAPH)
    done = check(folder, "named.py", PLAIN)
    assert done.returncode == 1, done.stderr
    assert "MEDIUM CKV_ACME_1: A VPC is called acme" in done.stdout
    assert "fix: see the check: A VPC is called acme" in done.stdout
    assert "MEDIUM CKV2_ACME_2: A VPC has a description" in done.stdout


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
        ("a.yaml", GOOD.replace("failing", "fail"), "CKV2_OWN_1 has no failing example; add one"),
        ("a.yaml", GOOD.replace("passing", "pass"), "CKV2_OWN_1 has no passing example; add one"),
        ("a.yaml", GOOD.replace('guideline: "vpc_name: a name"', "x: y"), "CKV2_OWN_1 says no fix; add its guideline"),
        ("a.py", "check = (", "SyntaxError: '(' was never closed"),
        ("a.py", "import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("a.py", "x = 1", "no policy: it must end with `check = ItsClass()`"),
        ("a.py", PLAIN.replace("CKV_ACME_1", "ACME"), "id ACME, allowed is CKV_NAME_NUMBER or CKV2_NAME_NUMBER"),
        ("a.py", PLAIN.replace("CKV_ACME_1", "CKV_ALI_1"), "id CKV_ALI_1 is taken by built-in; choose another one"),
        ("a.py", DATA, "CKV_ACME_3 is a BaseDataCheck; allowed are resource checks, since the gate judges resources only"),
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
    done = dicom_cdk("check", "--policies", tmp_path / "none")
    assert done.returncode == 2
    assert done.stderr.strip() == f"{tmp_path / 'none'}: no such folder; name one with policies"
