"""Which object of the account an address means: what arguments make of an id, and what `import` blocks name."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import identity
from tests.plan.operations import BUCKET

OPEN = "${data.alicloud_zones.z.ids}"


def stack(**sections: Any) -> Stack:
    return Stack(Path("/nowhere/s"), {"locals": {"site": "clinic"}, **sections})


def test_an_id_that_arguments_make_is_known_by_instance_and_what_the_cloud_chooses_is_not() -> None:
    names = {"default": {"x": "clinic-x", "y": "clinic-y"}}
    buckets = {
        "one": {"bucket": "${local.site}-one"},
        "many": {"for_each": "${var.names}", "bucket": "${each.value}"},
        "counted": {"count": 2, "bucket": "clinic-${count.index}"},
        "open": {"for_each": OPEN, "bucket": "clinic-${each.key}"},
        "other": {"bucket": "${alicloud_vpc.v.id}"},
    }
    others = {
        "alicloud_log_store": {"s": {"project_name": "p", "logstore_name": "s"}, "half": {"project_name": "p"}},
        "alicloud_vpc": {"v": {"vpc_name": "v"}},
        "alicloud_eip_address": {"e": {}},
        "alicloud_ram_role_policy_attachment": {"a": {"policy_name": "p", "policy_type": "Custom", "role_name": "r"}},
    }
    assert identity.written(stack(variable={"names": names}, resource={BUCKET: buckets, **others})) == {
        f"{BUCKET}.one": "clinic-one",
        f'{BUCKET}.many["x"]': "clinic-x",
        f'{BUCKET}.many["y"]': "clinic-y",
        f"{BUCKET}.counted[0]": "clinic-0",
        f"{BUCKET}.counted[1]": "clinic-1",
        f"{BUCKET}.open": "",
        f"{BUCKET}.other": "",
        "alicloud_log_store.s": "p:s",
        "alicloud_log_store.half": "",
        "alicloud_vpc.v": "",
        "alicloud_eip_address.e": "",
        "alicloud_ram_role_policy_attachment.a": "role:p:Custom:r",
    }


def test_imports_are_told_by_instance_as_far_as_files_say_which_there_are() -> None:
    pairs = [{"key": "q", "id": "clinic-q"}]
    blocks = [
        {"to": "t.a", "id": "${local.site}-a"},
        {"to": 't.b["k"]', "id": 7},
        {"for_each": {"x": "clinic-x", "y": "clinic-y"}, "to": "t.c[each.key]", "id": "${each.value}"},
        {"for_each": pairs, "to": 't.d[each.value["key"]]', "id": '${each.value["id"]}'},
        {"for_each": pairs, "to": "module.m[each.value.key].t.e[0]", "id": "${each.value.id}"},
        {"for_each": OPEN, "to": "t.f[each.key]", "id": "${each.value}"},
        {"to": "${t.g}", "id": "${data.alicloud_zones.z.id}"},
        {"to": "random_password.p", "id": "made-up-secret"},
    ]
    assert identity.imports(stack(**{"import": blocks})) == {
        "t.a": "clinic-a",
        't.b["k"]': "7",
        't.c["x"]': "clinic-x",
        't.c["y"]': "clinic-y",
        't.d["q"]': "clinic-q",
        'module.m["q"].t.e[0]': "clinic-q",
        "t.f[each.key]": "",
        "t.g": "",
        "random_password.p": "",
    }
