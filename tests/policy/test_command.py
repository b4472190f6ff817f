"""`dicom-cdk check`: the default site and the examples, what it refuses, what it writes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commanding import Done, dicom_cdk, process
from tests.conftest import ROOT
from tests.service.test_overlay import FILES
from tests.synthesized import Synthesized

pytestmark = pytest.mark.terraform

GUIDE_LITERAL = Path(__file__).with_name("guide-literal.txt")


def check(*arguments: str, cwd: Path = ROOT) -> Done:
    return dicom_cdk("check", "--today", "2026-11-25", *arguments, cwd=cwd)


@pytest.fixture
def open_rule(tmp_path: Path) -> str:
    """The folder of a stack of one rule that is refused."""
    rule = {"type": "ingress", "cidr_ip": "0.0.0.0/0"}
    (tmp_path / "open").mkdir()
    (tmp_path / "open/cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_security_group_rule": {"r": rule}}}))
    return str(tmp_path / "open")


def test_the_default_site_passes_without_a_waiver() -> None:
    done = process("check", "--today", "2026-11-25")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("dicom-sh: ")
    assert done.stdout.endswith(" judged, nothing failed\n")
    assert check("--waivers").stdout == "no waivers\n"


@pytest.mark.parametrize("file", [file for file in FILES if "guide-literal" not in file])
def test_every_example_passes_or_carries_waivers_with_reasons(
    file: str, stack_of: Callable[[str], Synthesized]
) -> None:
    done = check("--stack-dir", str(stack_of(file).folder), "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert all(len(one["reason"]) >= 10 and one["approved_by"] for one in told["waivers"])
    if "development" in file:
        assert len(told["waivers"]) == 31


def test_the_literal_guide_fails_as_expected(stack_of: Callable[[str], Synthesized], regenerate: bool) -> None:
    done = check("--stack-dir", str(stack_of("examples/guide-literal.yaml").folder))
    assert done.returncode == 1
    if regenerate:
        GUIDE_LITERAL.write_text(done.stdout)
    assert done.stdout == GUIDE_LITERAL.read_text(), "if meant: pytest tests/policy/test_command.py --regenerate"


def test_a_plan_is_judged_with_its_stack(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert dicom_cdk("plan", "--json", plan).returncode == 0
    done = check("--plan", str(plan), "--stack-dir", "cdktf.out/stacks/dicom-sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" judged, nothing failed\n")
    alone = check("--plan", str(plan))
    assert alone.returncode == 0
    assert "the plan does not show what it needs; give the stack's folder by --stack-dir" in alone.stdout
    assert " not judged, nothing failed" in alone.stdout


def test_a_report_is_written_where_it_is_wanted(open_rule: str, tmp_path: Path) -> None:
    done = check("--stack-dir", open_rule, "--format", "sarif", "--output", str(tmp_path / "check.sarif"))
    assert (done.returncode, done.stdout) == (1, "")
    assert json.loads((tmp_path / "check.sarif").read_text())["version"] == "2.1.0"


def test_the_same_judgement_is_written_in_other_forms_too(open_rule: str, tmp_path: Path) -> None:
    here = ("--stack-dir", open_rule)
    done = check(*here, "--also", f"junit={tmp_path}/check.xml", "--also", f"markdown={tmp_path}/a=b.md")
    assert (done.returncode, done.stdout) == (1, check(*here).stdout)
    for form, name in (("junit", "check.xml"), ("markdown", "a=b.md")):
        assert (tmp_path / name).read_text() == check(*here, "--format", form).stdout


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            ["--stack-dir", "nowhere"],
            "nowhere/cdk.tf.json: No such file or directory; synthesize first, or name a stack's folder",
        ),
        (
            ["--plan", "nowhere.json"],
            "nowhere.json: No such file or directory; name what `dicom-cdk plan --json` wrote",
        ),
        (["--plan", "README.md"], "README.md: not JSON: Expecting value: line 1 column 1 (char 0); name what"),
        (
            ["--plan", "cdktf.json"],
            "cdktf.json: no plan: it has no planned_values; name what `dicom-cdk plan --json` wrote",
        ),
        (["--today", "tomorrow"], "argument --today: 'tomorrow' is no date; allowed is YYYY-MM-DD"),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (
            ["--also", "pdf=report.pdf"],
            "argument --also: 'pdf=report.pdf'; allowed is FORM=FILE, FORM one of text, json, sarif, junit, markdown",
        ),
        (["--also", "json="], "argument --also: 'json='; allowed is FORM=FILE"),
        (
            ["--also", "json=nowhere/report"],
            "nowhere/report: No such file or directory; name a file that can be written",
        ),
        (["--output", "nowhere/report"], "nowhere/report: No such file or directory; name a file that can be written"),
    ],
)
def test_wrong_use_is_said_and_is_no_pass(arguments: list[str], problem: str) -> None:
    done = check(*arguments)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert "nothing failed" not in done.stdout


def test_an_empty_folder_has_nothing_to_pass(tmp_path: Path) -> None:
    done = check(cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir"
    )


def test_a_stack_of_another_program_is_judged(open_rule: str) -> None:
    done = check("--stack-dir", ".", cwd=Path(open_rule))
    assert done.returncode == 1
    assert "made at cdk.tf.json:1" in done.stdout
    assert "CKV2_DICOM_1: No ingress from the whole internet" in done.stdout


def test_a_waiver_for_an_unknown_policy_is_no_pass(tmp_path: Path) -> None:
    skip = {"checkov": {"skip": [{"id": "CKV_AWS_1"}]}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_vpc": {"v": {"//": skip}}}}))
    done = check("--stack-dir", str(tmp_path))
    assert done.returncode == 2
    assert "waiver for an unknown policy: alicloud_vpc.v: CKV_AWS_1; take an id of docs/policies.md" in done.stderr
