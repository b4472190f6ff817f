"""Addresses as Terraform writes them."""

import pytest

from dicom_cdk.plan.addresses import kind, plain, steps_of


@pytest.mark.parametrize(
    ("address", "without_indexes", "type_"),
    [
        ("alicloud_vpc.v", "alicloud_vpc.v", "alicloud_vpc"),
        ("alicloud_vpc.v[0]", "alicloud_vpc.v", "alicloud_vpc"),
        ('alicloud_vpc.v["a.b]c"]', "alicloud_vpc.v", "alicloud_vpc"),
        ('alicloud_vpc.v["a\\"]b"]', "alicloud_vpc.v", "alicloud_vpc"),
        ('alicloud_vpc.v[each.value["k]"]]', "alicloud_vpc.v", "alicloud_vpc"),
        ("module.m[each.key].alicloud_vpc.v", "module.m.alicloud_vpc.v", "alicloud_vpc"),
        ("module.a.alicloud_vpc.v", "module.a.alicloud_vpc.v", "alicloud_vpc"),
        ('module.a["module.x"].module.b[1].alicloud_vpc.v[2]', "module.a.module.b.alicloud_vpc.v", "alicloud_vpc"),
        ("module.a", "module.a", ""),
        ('module.a["k"].module.b', "module.a.module.b", ""),
    ],
)
def test_an_address_is_taken_apart_whatever_its_indexes_say(address: str, without_indexes: str, type_: str) -> None:
    assert plain(address) == without_indexes
    assert kind(address) == type_


def test_the_steps_of_an_address_keep_their_indexes() -> None:
    assert steps_of('module.a["x.y"].module.b[1].alicloud_vpc.v') == [
        'module.a["x.y"]',
        "module.b[1]",
        "alicloud_vpc.v",
    ]
