"""Every example, and stacks that other programs wrote, can be reported and handed over."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import deployer, documents, images, terraform_files
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.content import Policies
from dicom_cdk.report.page import render
from dicom_cdk.report.planned import PlanTable
from tests.conftest import ROOT
from tests.synthesized import Synthesized

pytestmark = pytest.mark.terraform

EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("[!_]*.yaml"))
FOREIGN: dict[str, dict[str, Any]] = {
    "another provider": {"resource": {"aws_s3_bucket": {"b": {"bucket": "x"}}}},
    "provider as map": {"provider": {"alicloud": {"region": "cn-beijing"}}, "resource": {"alicloud_vpc": {"v": {}}}},
    "blocks as lists": {"resource": {"alicloud_vpc": {"v": [{"vpc_name": "v", "cidr_block": "10.0.0.0/8"}]}}},
    "odd outputs": {
        "resource": {"alicloud_vpc": {"v": {}}}, "output": {"o": "text", "p": {"value": {"a": [1]}, "sensitive": True}},
    },
    "odd variables": {
        "resource": {"alicloud_vpc": {"v": {}}}, "variable": {"a": {}, "b": {"type": "list(string)"}, "c": {"default": 1}},
    },
    "null arguments": {"resource": {"alicloud_instance": {"i": {"private_ip": None, "security_groups": None, "user_data": None}}}},
    "a trigger of nothing": {"resource": {"alicloud_fcv3_trigger": {"t": {"trigger_type": "http", "trigger_config": "nonsense"}}}},
    "a rule of nothing": {"resource": {"alicloud_security_group_rule": {"r": {"type": "ingress", "port_range": None}}}},
}  # fmt: skip


def judge(stack: Stack) -> None:
    document = of_stack(stack)
    page = render(stack, PlanTable(), Policies())
    assert f"<h1>{stack.name}" in page
    assert page.count('<tr id="') == len(document.resources)
    assert all(len(deployer.text(policy)) <= deployer.LARGEST for policy in deployer.policies(stack))
    assert stack.name in documents.runbook(stack)
    index = documents.index(stack)
    assert all(f"`{address}`" in index for address in document.resources)
    assert all(not name.startswith(("/", "..")) for name in documents.payloads(stack))
    assert "backend.tf.example" in terraform_files.files(stack)
    images.cyclonedx(stack.name, images.images(document, stack))


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_reported_and_handed_over(example: str, stack_of: Callable[[str], Synthesized]) -> None:
    for made in stack_of(f"examples/{example}.yaml").folder.parent.iterdir():
        judge(Stack.read(made))


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_stack_of_somebody_else_is_too(kind: str, tmp_path: Path) -> None:
    judge(Stack(tmp_path / "other", FOREIGN[kind]))
