"""The waves of an apply: what waits for what."""

from pathlib import Path

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.apply_order import apply_order, waves
from dicom_cdk.report.diagram import Edge
from tests.conftest import ROOT


def test_the_default_site_is_made_in_the_guide_s_order() -> None:
    order = [
        node.title
        for wave in waves(apply_order(of_stack(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))))
        for node in wave
    ]
    wanted = [
        "registry/instance", "database/instance", "directory/l/boot", "directory/prepare-l", "directory/prepare-g",
        "directory/enable-l", "directory/enable-g", "directory/load-l", "directory/verify-g", "archive/up", "archive/check",
        "gateway/function", "gateway/trigger",
    ]  # fmt: skip
    assert [one for one in order if one in wanted] == wanted


def test_an_edge_that_others_imply_is_left_out() -> None:
    resources = {
        "alicloud_kms_key": {"key": {}},
        "alicloud_db_instance": {"base": {"encryption_key": "${alicloud_kms_key.key.id}"}},
        "alicloud_sae_application": {
            "app": {"envs": "${alicloud_db_instance.base.id}", "depends_on": ["alicloud_kms_key.key"]}
        },
    }
    found = apply_order(of_stack(Stack(Path("clinic"), {"resource": resources})))
    assert found.edges == (
        Edge("alicloud_kms_key.key", "alicloud_db_instance.base"),
        Edge("alicloud_db_instance.base", "alicloud_sae_application.app"),
    )
    assert [[node.id for node in wave] for wave in waves(found)] == [
        ["alicloud_kms_key.key"], ["alicloud_db_instance.base"], ["alicloud_sae_application.app"],
    ]  # fmt: skip
