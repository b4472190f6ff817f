"""The deployer's RAM policies: everything that the types need, no more, small enough, narrowed where names are known."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import deployer
from dicom_cdk.offline.versions.store import store_of
from dicom_cdk.plan.stack import Stack
from tests.conftest import ROOT

DEFAULT = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")
ACTIONS = json.loads((ROOT / "provider/actions.json").read_text())


def stack(resources: dict[str, Any], **more: Any) -> Stack:
    provider = {"alicloud": [{"region": "cn-shanghai", "account_id": "1234567890123456"}]}
    return Stack(Path("clinic"), {"resource": resources, "provider": provider, **more})


def allowed(policies: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for policy in policies:
        for statement in policy["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in statement["Action"]:
                assert action not in found, "each action once"
                found[action] = statement["Resource"]
    return found


def test_every_action_of_every_type_is_granted_once_and_none_besides() -> None:
    needed = {
        action
        for kind in DEFAULT.types()["managed"]
        for actions in ACTIONS.get(kind, {}).values()
        for action in actions
    }
    needed |= {extra["action"] for kind in DEFAULT.types()["managed"] for extra in ACTIONS["extra"].get(kind, [])}
    assert set(allowed(deployer.policies(DEFAULT))) == needed | {"bssapi:QueryAvailableInstances"}
    assert not any("*" in action for action in allowed(deployer.policies(DEFAULT)))


def test_the_actions_are_those_of_the_release_that_the_stack_asks_for() -> None:
    policy = {"resource": {"alicloud_hbr_policy": {"p": {}}}, "provider": {"alicloud": [{"region": "cn-shanghai"}]}}

    def granted(version: str) -> set[str]:
        required = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": version}}}
        return {one.action for one in deployer.grants(Stack(Path("clinic"), {**policy, "terraform": required}))}

    deletion = store_of("1.288.0").actions()["alicloud_hbr_policy"]["delete"]
    assert deletion != ACTIONS["alicloud_hbr_policy"]["delete"]
    assert granted("1.288.0") >= set(deletion)
    assert granted("1.289.0") >= set(ACTIONS["alicloud_hbr_policy"]["delete"])
    assert store_of("1.288.0").actions()["extra"] == ACTIONS["extra"]


def test_every_policy_is_one_that_ram_takes() -> None:
    for policy in deployer.policies(DEFAULT):
        assert len(deployer.text(policy)) <= 6144
        assert policy["Version"] == "1"
        assert set(policy) == {"Version", "Statement"}


def test_a_very_large_stack_gets_more_policies_and_still_small_ones() -> None:
    buckets = {f"b{number}": {"bucket": f"bucket-of-a-long-name-number-{number}"} for number in range(40)}
    every: dict[str, Any] = {kind: {} for kind in ACTIONS if kind.startswith("alicloud_")}
    policies = deployer.policies(stack({**every, "alicloud_oss_bucket": buckets}))
    assert max(len(deployer.text(policy)) for policy in policies) <= 6144
    assert len(allowed(policies)) > 800


@pytest.mark.parametrize(
    ("action", "resources"),
    [
        ("oss:DeleteBucket", "acs:oss:*:1234567890123456:dicom-sh-1234567890123456"),
        ("log:DeleteProject", "acs:log:cn-shanghai:1234567890123456:project/dicom-sh-1234567890123456"),
        ("kms:GetSecretValue", "acs:kms:cn-shanghai:1234567890123456:secret/dicom-sh/database-g1"),
        ("ram:DeleteRole", "acs:ram:*:1234567890123456:role/dicom-sh-archive"),
        ("ram:PassRole", "acs:ram:*:1234567890123456:role/dicom-sh-archive"),
        ("ram:AttachPolicyToRole", "acs:ram:*:system:policy/AliyunContainerRegistryReadOnlyAccess"),
        ("fc:UpdateFunction", "acs:fc:cn-shanghai:1234567890123456:functions/dicom-sh-dicomweb-do"),
        ("alidns:AddDomainRecord", "acs:alidns:*:1234567890123456:domain/dicomweb-example.com"),
    ],
)
def test_resources_are_narrowed_where_the_stack_says_their_name(action: str, resources: str) -> None:
    found = allowed(deployer.policies(DEFAULT))[action]
    assert "*" not in found
    assert resources in found


@pytest.mark.parametrize(
    "action", ["oss:ListBuckets", "ram:CreateServiceLinkedRole", "kms:CreateKey", "rds:CreateDBInstance"]
)
def test_what_cannot_be_narrowed_is_not(action: str) -> None:
    assert allowed(deployer.policies(DEFAULT))[action] == ["*"]


def test_roles_only_pass_roles() -> None:
    assert all(":role/" in arn for arn in allowed(deployer.policies(DEFAULT))["ram:PassRole"])


def test_a_name_that_only_the_cloud_knows_is_not_narrowed() -> None:
    found = allowed(deployer.policies(stack({"alicloud_oss_bucket": {"b": {"bucket": "x-${random_pet.p.id}"}}})))
    assert found["oss:DeleteBucket"] == ["*"]


def test_a_backend_of_oss_may_keep_its_state_and_says_that_it_is_not_sure() -> None:
    with_state = stack({"alicloud_vpc": {"v": {}}}, terraform={"backend": {"oss": {"bucket": "states"}}})
    assert {"oss:PutObject", "ots:PutRow"} <= set(allowed(deployer.policies(with_state)))
    assert "- `ots:PutRow` (state): what the backend of OSS and Tablestore calls" in deployer.comments(with_state)
    assert "ots:PutRow" not in deployer.comments(stack({"alicloud_vpc": {"v": {}}}))


def test_unsure_actions_are_marked_with_why() -> None:
    said = deployer.comments(DEFAULT)
    unsure = re.findall(r"^- `(\S+)` \((.*)\): (.+)$", said, re.MULTILINE)
    marked = {action for action, mark in ACTIONS["marks"].items() if mark["mark"] == "unsure"}
    needed = set(allowed(deployer.policies(DEFAULT)))
    assert marked & needed <= {action for action, _, _ in unsure}
    assert f"## Unsure ({len(unsure)})" in said


def test_a_type_whose_calls_are_not_recorded_is_named() -> None:
    said = deployer.comments(stack({"alicloud_maxcompute_project": {"p": {}}, "random_password": {"p": {}}}))
    assert "the calls of these types are not recorded: alicloud_maxcompute_project." in said


def test_what_the_stack_says_it_destroys_may_be_destroyed_and_what_it_leaves_alone_needs_no_right() -> None:
    blocks = [
        {"from": "alicloud_nas_file_system.gone", "lifecycle": {"destroy": True}},
        {"from": "alicloud_oss_bucket.gone"},
        {"from": "alicloud_kms_key.stays", "lifecycle": {"destroy": False}},
    ]
    found = allowed(deployer.policies(stack({"alicloud_oss_bucket": {"b": {"bucket": "kept"}}}, removed=blocks)))
    for action in ACTIONS["alicloud_nas_file_system"]["delete"]:
        assert found[action] == ["*"]
    assert "nas:CreateFileSystem" not in found
    assert found["oss:DeleteBucket"] == ["*"], "the name of the one that goes is not said"
    assert not any(action.startswith("kms:") for action in found)


def test_what_moves_to_where_nothing_stands_may_be_destroyed_and_a_module_that_goes_is_named() -> None:
    own = {"alicloud_oss_bucket": {"b": {"bucket": "kept"}}}
    steps = [{"from": "alicloud_nas_file_system.gone", "to": "alicloud_nas_file_system.nowhere"}]
    found = allowed(deployer.policies(stack(own, moved=steps)))
    for action in ACTIONS["alicloud_nas_file_system"]["delete"]:
        assert found[action] == ["*"]
    said = deployer.comments(stack(own, removed=[{"from": "module.gone"}]))
    assert "the stack destroys them and does not say what stands in them: `module.gone`." in said
    assert "does not say what stands" not in deployer.comments(stack(own))
