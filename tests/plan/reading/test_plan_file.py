"""What a plan creates is read from its file; any other file, and any other plan, is told as such."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.values import UNKNOWN, Value
from dicom_cdk.plan.reading import plan_file

PROVIDER = 'provider["registry.terraform.io/aliyun/alicloud"].other'


def change(value: Value, action: int = plan_file.CREATE, marked: bytes = b"") -> bytes:
    return wire.field(1, action) + dynamic_value.field(2, value) + marked


def resource(address: str, changed: bytes, more: bytes = b"") -> bytes:
    return wire.always(3, wire.field(13, address) + wire.field(8, PROVIDER) + wire.field(9, changed) + more)


def output(name: str, changed: bytes, sensitive: bool = False) -> bytes:
    return wire.always(4, wire.field(1, name) + wire.field(2, changed) + wire.field(3, sensitive))


def typed(kind: object, value: Value) -> list[Value]:
    return [json.dumps(kind).encode(), value]


HEAD = wire.field(1, plan_file.VERSION) + wire.field(14, "1.11.4")


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., Path]:
    """The file of a plan with these parts."""

    def keep(*parts: bytes, name: str = plan_file.MEMBER) -> Path:
        file = tmp_path / "plan"
        with zipfile.ZipFile(file, "w") as whole:
            whole.writestr(name, b"".join(parts))
        return file

    return keep


def test_resources_and_outputs_are_as_a_state_writes_them(kept: Callable[..., Path]) -> None:
    in_map = wire.always(1, wire.always(1, "tags")) + wire.always(1, dynamic_value.field(2, "team"))
    in_list = wire.always(1, wire.always(1, "disks")) + wire.always(1, dynamic_value.field(2, 1))
    marked = wire.always(4, in_map) + wire.always(4, in_list)
    plan = plan_file.read(
        kept(
            HEAD,
            resource("alicloud_vpc.v", change({"id": UNKNOWN}, marked=marked)),
            resource("alicloud_vpc.counted[10]", change({})),
            resource('alicloud_vpc.each["a\\"]$${b} \\u2028"]', change({})),
            output("list", change(typed(["list", "number"], [1, "0.1"])), sensitive=True),
            output("nothing", change(None, plan_file.NOTHING)),
        )
    )
    assert plan.version == "1.11.4"
    assert [(one.type, one.name, one.index, one.provider, one.values) for one in plan.resources] == [
        ("alicloud_vpc", "v", None, PROVIDER, {"id": UNKNOWN}),
        ("alicloud_vpc", "counted", 10, PROVIDER, {}),
        ("alicloud_vpc", "each", 'a"]${b} \u2028', PROVIDER, {}),
    ]
    assert plan.resources[0].sensitive == [
        [{"type": "get_attr", "value": "tags"}, {"type": "index", "value": {"value": "team", "type": "string"}}],
        [{"type": "get_attr", "value": "disks"}, {"type": "index", "value": {"value": 1, "type": "number"}}],
    ]
    assert plan.outputs == {"list": plan_file.Output([1, "0.1"], ["list", "number"], sensitive=True)}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([wire.field(1, 4)], "plan: version 4, known is 3"),
        ([b"\x07"], "plan: field number 0 before byte 1"),
        ([HEAD, resource("alicloud_vpc.v", change({}, 3))], "action 3, known is 1, which creates"),
        ([HEAD, resource("data.alicloud_zones.z", change({}))], "data.alicloud_zones.z is more than a new resource"),
        (
            [HEAD, resource("module.m.alicloud_vpc.v", change({}))],
            "module.m.alicloud_vpc.v is more than a new resource",
        ),
        (
            [HEAD, resource("alicloud_vpc.v", change({}), wire.field(7, "f00"))],
            "alicloud_vpc.v is more than a new resource",
        ),
        ([HEAD, resource("alicloud_vpc.v", change(None))], "alicloud_vpc.v is more than a new resource"),
        ([HEAD, resource("alicloud_vpc.v", wire.field(1, 1))], "plan: not enough values to unpack"),
        ([HEAD, resource("alicloud_vpc.v[x]", change({}))], "plan: Expecting value"),
        ([HEAD, output("o", change("text"))], "plan: str where a type and a value are expected"),
        ([HEAD, wire.field(3, 1)], "plan: field 3 is a number, expected a message"),
        (
            [HEAD, resource("a.b", change({}, marked=wire.always(4, wire.always(1, dynamic_value.field(2, None)))))],
            "plan: a step of NoneType",
        ),
    ],
)
def test_a_plan_of_another_form_or_of_more_is_not_as_known(
    kept: Callable[..., Path], parts: list[bytes], said: str
) -> None:
    with pytest.raises(plan_file.NotAsKnown) as told:
        plan_file.read(kept(*parts))
    assert str(told.value).startswith(said)


def test_another_file_is_not_as_known(kept: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(plan_file.NotAsKnown, match="There is no item named 'tfplan'"):
        plan_file.read(kept(HEAD, name="other"))
    (tmp_path / "encrypted").write_text('{"meta": {}}')
    with pytest.raises(plan_file.NotAsKnown, match="encrypted: File is not a zip file"):
        plan_file.read(tmp_path / "encrypted")
    with pytest.raises(plan_file.NotAsKnown, match="No such file"):
        plan_file.read(tmp_path / "none")
