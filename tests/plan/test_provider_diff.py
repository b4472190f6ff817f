"""What another release of the provider means for one stack: made with the old one, planned with the new one."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline.versions import news, whole
from dicom_cdk.offline.versions.store import UnknownRelease
from dicom_cdk.plan import provider_diff
from dicom_cdk.plan.stack import NotAStack, Stack

pytestmark = pytest.mark.terraform
VPC = {"alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/8"}}}
RULE = {
    "type": "ingress",
    "ip_protocol": "tcp",
    "security_group_id": "sg-1",
    "port_range": "22/22",
    "source_security_group_id": "sg-2",
    "source_group_owner_account": "1",
}


def stack(folder: Path, resources: dict[str, Any]) -> Path:
    document = {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "~> 1.289.0"}}},
        "provider": {"alicloud": {"region": "cn-shanghai"}},
        "resource": resources,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def test_a_stack_that_no_change_concerns_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert provider_diff.run("1.288.0", "1.289.0", [stack(tmp_path, VPC)], answers=None) == provider_diff.OK
    assert capsys.readouterr().out.splitlines() == [
        f"{tmp_path.name}: aliyun/alicloud 1.288.0 → 1.289.0: nothing that exists is touched",
        "  New arguments:",
        "    provider.features",
    ]


def test_a_new_deprecation_is_told_with_the_argument_that_the_stack_sets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = {"alicloud_security_group_rule": {"r": RULE}}
    provider_diff.run("1.288.0", "1.289.0", [stack(tmp_path, rules)], answers=None)
    said = capsys.readouterr().out
    assert "    alicloud_security_group_rule.source_group_owner_account — set in this stack" in said.splitlines()
    assert "    alicloud_security_group_rule.source_group_owner_id\n" in said
    assert "  warning: alicloud_security_group_rule.r" in said


def test_a_type_that_the_new_release_lacks_is_an_error_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, {"alicloud_cr_internet_endpoint": {"e": {"instance_id": "cri-1"}}})
    assert provider_diff.run("1.289.0", "1.288.0", [folder], answers=None) == provider_diff.TOUCHED
    said = capsys.readouterr().out
    assert f"{tmp_path.name}: aliyun/alicloud 1.289.0 → 1.288.0: refused by 1.288.0\n" in said
    assert "  error: " in said
    assert "  Types that went away:\n    alicloud_cr_internet_endpoint\n" in said


def test_a_stack_that_the_old_release_refuses_cannot_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, {"alicloud_cr_internet_endpoint": {key: {"instance_id": "cri-1"} for key in "ef"}})
    assert provider_diff.run("1.288.0", "1.289.0", [folder], answers=None) == provider_diff.TOUCHED
    said = capsys.readouterr().out
    assert "the stack is refused by 1.288.0 already, so nothing can be compared" in said
    assert said.count("  error: ") == 1, "one line, of however many resources"


def test_a_release_that_is_not_here_is_refused_before_anything_is_planned(tmp_path: Path) -> None:
    with pytest.raises(
        UnknownRelease, match=r"^no facts of aliyun/alicloud 1\.300\.0 here; there are: 1\.288\.0, 1\.289\.0"
    ):
        provider_diff.run("1.289.0", "1.300.0", [tmp_path], answers=None)


def test_no_stack_at_all_is_refused() -> None:
    with pytest.raises(NotAStack, match="no stack there; synthesize first"):
        provider_diff.run("1.288.0", "1.289.0", [], answers=None)


def news_of(folder: Path, old: str, new: str, resources: dict[str, Any]) -> list[str]:
    found = news.between(whole.held(old), whole.held(new), whole.rules())
    return list(provider_diff.of_stack(Stack.read(stack(folder, resources)), found))


def test_an_argument_that_goes_away_is_told_and_marked_where_the_stack_sets_it(tmp_path: Path) -> None:
    rules = {"alicloud_security_group_rule": {"r": {**RULE, "source_group_owner_id": "2"}}}
    lines = news_of(tmp_path, "1.289.0", "1.288.0", rules)
    at = lines.index("  Arguments that went away:")
    assert lines[at + 1 : at + 3] == [
        "    alicloud_security_group_rule.source_group_owner_id — set in this stack",
        "    provider.features",
    ]


def test_an_argument_whose_change_replaces_from_now_on_is_told(tmp_path: Path) -> None:
    warehouse = {"alicloud_gpdb_instance": {"g": {"cache_storage_size": 100}}}
    backwards = news_of(tmp_path, "1.289.0", "1.288.0", warehouse)
    assert backwards[backwards.index("  Replacement on change:") + 1] == (
        "    alicloud_gpdb_instance.cache_storage_size: a change now replaces — set in this stack"
    )
    lines = news_of(tmp_path, "1.288.0", "1.289.0", warehouse)
    assert lines[lines.index("  Replacement on change:") + 1] == (
        "    alicloud_gpdb_instance.cache_storage_size: a change now is made in place — set in this stack"
    )


def test_a_call_of_the_cloud_that_a_role_has_to_allow_from_now_on_is_told(tmp_path: Path) -> None:
    lines = news_of(tmp_path, "1.288.0", "1.289.0", {"alicloud_hbr_policy": {"p": {}}})
    assert lines[lines.index("  Calls of the cloud, as RAM actions:") + 1] == (
        "    alicloud_hbr_policy: delete also hbr:DescribePoliciesV2"
    )


def test_an_attribute_that_read_leaves_otherwise_is_told(tmp_path: Path) -> None:
    lines = news_of(tmp_path, "1.288.0", "1.289.0", {"alicloud_image": {"i": {"image_name": "i"}}})
    assert lines[lines.index("  What Create and Read leave in the state:") + 1] == "    alicloud_image.status"
