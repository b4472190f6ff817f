"""What an offline apply leaves in the state, and the plans made from it."""

import pytest

from dicom_cdk.offline.planning import json_text
from tests.offline.reading.applying import applied, edited


def test_a_value_that_the_cloud_decides_lets_a_rule_answer_as_the_real_one() -> None:
    host = {"image_id": "i", "instance_type": "ecs.g7.large", "security_groups": ["sg-1"], "vswitch_id": "vsw-1"}
    assert applied("alicloud_instance", host).value["instance_charge_type"] == "PostPaid"
    assert edited("alicloud_instance", host, {**host, "spot_strategy": "SpotAsPriceGo"}).actions == ["delete", "create"]


def test_a_deprecated_argument_renamed_is_no_change() -> None:
    before = {"project": "logs", "name": "access"}
    after = {"project_name": "logs", "logstore_name": "access"}
    assert edited("alicloud_log_store", before, after).actions == ["no-op"]


@pytest.mark.parametrize(
    ("kind", "old", "new", "same"),
    [
        ("object", "null", "{}", False),
        ("object", " null ", "null", True),
        ("objects", "null", "[]", False),
        ("objects", "[null]", "[{}]", False),
        ("object", '{"a": 1e400}', '{"a": 1e400}', False),
    ],
)
def test_null_is_neither_an_empty_object_nor_an_empty_list(kind: str, old: str, new: str, same: bool) -> None:
    assert json_text.same(kind, old, new) is same
