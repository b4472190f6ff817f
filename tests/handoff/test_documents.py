"""Pages for people: nothing left out, nothing outside the folder, every link and command real."""

import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import documents
from dicom_cdk.handoff.stages import stages
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.review.loss.data_facts import lost_with
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform

EVIL = """#cloud-config
write_files:
- {path: ../../etc/pass wd, content: a}
- {path: /a/README.md, content: b}
"""
DEFAULT = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")


def test_the_index_lists_every_resource_under_its_step() -> None:
    said = documents.index(DEFAULT)
    assert sorted(re.findall(r"^\| \[?`([^`]+)`", said, re.MULTILINE)) == sorted(DEFAULT.paths)
    assert "## database, guide step 2 (5)" in said


def test_the_runbook_s_commands_name_what_the_stack_has() -> None:
    said = documents.runbook(DEFAULT)
    addresses = set(re.findall(r"(?:-target=|-replace=')([\w.-]+)", said))
    assert addresses <= set(DEFAULT.paths)
    assert len(addresses) > 10
    for service in ("Alibaba Cloud DNS", "NAT Gateway", "PrivateZone", "Classic Load Balancer"):
        assert service in said.partition("## First apply")[0]
    for name in DEFAULT.variables:
        assert f"export TF_VAR_{name}=" in said
    assert re.search(r"^\| [3-9] \| .*database/instance \(RDS instance\).* \| 90 min \|$", said, re.MULTILINE)


def test_no_stage_of_the_tear_down_touches_data_or_what_it_stands_on() -> None:
    document = of_stack(DEFAULT)
    found = stages(document)
    assert [stage.room for stage in found] == ["gateway", "dicomweb"]
    targets = {target for stage in found for target in stage.targets}
    for address, one in document.resources.items():
        if address not in targets:
            assert not targets & document.behind(address), f"{address} would be destroyed with them"
        if lost_with(one.type):
            assert address not in targets


def test_a_stack_of_somebody_else_gets_a_runbook_without_our_rooms() -> None:
    said = documents.runbook(Stack(Path("other"), {"resource": {"alicloud_vpc": {"v": {"vpc_name": "v"}}}}))
    assert "-target" not in said
    assert "Nothing of it holds data" in said
    for ours in (
        "Directory:",
        "Hosts:",
        "gateway",
        "signature",
        "modality",
        "Alarms",
        "bucket",
        "KMS",
        "Secrets",
        "destroy_data",
        "| wave",
    ):
        assert ours not in said, ours


def test_what_else_a_stack_of_somebody_else_lacks_is_on_no_page(tmp_path: Path) -> None:
    bucket: dict[str, Any] = {"bucket": "clinic"}
    other = Stack(tmp_path / "other", {"resource": {"alicloud_oss_bucket": {"b": bucket}}})
    said = documents.readme([other])
    for ours in ("DICOM", "payloads/", "tfvars", "modules/"):
        assert ours not in said, ours
    end = documents.runbook(other).partition("## Tear down")[2]
    assert "keep both elsewhere. Then\n`terraform destroy` takes all of it away." in end
    assert "that are protected" not in documents.runbook(other)
    bucket["lifecycle"] = [{"prevent_destroy": True}]
    said = documents.runbook(other)
    assert "ask for a hand-off without `prevent_destroy`" in said
    assert "Terraform refuses to destroy those that are protected:" in said
    whole = documents.readme([DEFAULT])
    assert whole.startswith("# A DICOM service on Alibaba Cloud, as plain Terraform")
    assert "payloads/" in whole
    assert "destroy_data: true" in documents.runbook(DEFAULT)


def test_the_runbook_speaks_of_a_part_only_where_the_stack_has_it() -> None:
    """Each part taken out of the default site takes its words out of the runbook, and no others."""
    parts = {
        "A query without a signature": ("alicloud_fcv3_trigger", "alicloud_fcv3_custom_domain"),
        "A study sent by a modality": ("alicloud_instance",),
        "Alarms: confirm": ("alicloud_cms_alarm_contact",),
        "- Objects: buckets are versioned": ("alicloud_oss_bucket", "alicloud_oss_bucket_versioning"),
        "Host steps older than 30 days": ("alicloud_ecs_invocation",),
        "A failed host step is tainted": ("alicloud_ecs_invocation",),
        "- Database: ": ("alicloud_db_backup_policy",),
        "A deleted secret or key": ("alicloud_kms_secret", "alicloud_kms_key"),
        "Hosts: stop them": ("alicloud_instance",),
    }
    whole = documents.runbook(DEFAULT)
    for words, kinds in parts.items():
        resources = {kind: named for kind, named in DEFAULT.document["resource"].items() if kind not in kinds}
        said = documents.runbook(Stack(DEFAULT.folder, {**DEFAULT.document, "resource": resources}))
        assert words in whole
        assert words not in said
        for other, needed in parts.items():
            assert (other in said) == (not set(needed) & set(kinds)), (words, other)


def test_the_runbook_says_what_hospitals_reach_only_where_there_are_some_and_how_operators_come_to_the_console() -> (
    None
):
    outputs = DEFAULT.document["output"]
    hospitals, console = "From a hospital's network a query", "An operator forwards the console's port"
    said = documents.runbook(DEFAULT)
    assert (hospitals in said, console in said) == (False, True)
    address = {"dicomweb_url": {"description": "a", "value": "http://172.18.92.192:8080/dcm4chee-arc"}}
    said = documents.runbook(Stack(DEFAULT.folder, {**DEFAULT.document, "output": {**outputs, **address}}))
    assert (hospitals in said, console in said) == (True, True)
    said = documents.runbook(Stack(DEFAULT.folder, {**DEFAULT.document, "output": {}}))
    assert (hospitals in said, console in said) == (False, False)


def test_no_page_speaks_of_tags_that_the_provider_does_not_set() -> None:
    assert "default_tags" not in documents.readme([DEFAULT])


def test_a_file_with_an_evil_name_stays_in_the_folder() -> None:
    document = {"resource": {"alicloud_instance": {"h": {"user_data": EVIL}}}}
    found = documents.payloads(Stack(Path("other"), document))
    assert set(found) == {"_/_/etc/pass wd", "a/_", "user_data", "README.md"}
    assert "(_/_/etc/pass%20wd)" in found["README.md"]


def test_every_payload_is_indexed_and_every_link_of_the_index_leads_to_one(handed: Path) -> None:
    folder = handed / "payloads/dicom-sh"
    linked = re.findall(r"\]\(([^)]+)\)", (folder / "README.md").read_text())
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(linked) == there - {"README.md"}
    assert "docker_host/step.sh" in there


def test_a_drill_of_the_other_region_is_spoken_of_only_where_copies_are() -> None:
    words, replication = "dicom-sh-drill-recovery", {"replicate": {"bucket": "images", "action": "PUT"}}
    assert words not in documents.runbook(DEFAULT)
    resources = {**DEFAULT.document["resource"], "alicloud_oss_bucket_replication": replication}
    assert words in documents.runbook(Stack(DEFAULT.folder, {**DEFAULT.document, "resource": resources}))
