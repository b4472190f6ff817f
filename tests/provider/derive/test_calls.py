"""Calls of the cloud are found through branches, loops, parameters, closures and libraries, and named as RAM names them."""

import pytest

from provider.derive.actions import Actions
from provider.derive.calls import Calls
from provider.derive.golang import PACKAGE, Checkout
from provider.derive.values import Function
from tests.provider.derive import checkout, dug


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    folder = checkout.write(tmp_path_factory.mktemp("checkout"))
    (folder / "alicloud/service_water.go").write_text(dug.FUNCTIONS + dug.OTHERS)
    return Checkout.read(folder)


def told(*actions: str) -> set[str]:
    return {f"Water 2020-01-01 {one}" for one in actions}


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("resourceWellCreate", told("Dig", "Pump", "Fill", "Look")),
        ("resourceWellRead", told("Look")),
        ("paths", told("PUT /wells/{}/water", "GET /wells/{}")),
        ("fromList", told("Join", "Leave")),
        ("asParameter", {"Ground 2020-01-01 TagOne", "Water 2020-01-01 TagTwo"}),
        ("libraries", {"Ecs 2014-05-26 StopInstance", "OSS SDK Bucket.PutObject", "OSS SDK Conn.Do GET ?policy"}),
        ("common", {"Ecs 2014-05-26 Create{}Listener"}),
        ("endpoint", {"water 2020-01-01 OpenWater", "water 2020-01-01 PUT /open"}),
        ("around", told("Around", "AndBack")),
        ("andBack", told("Around", "AndBack")),
        ("silent", set()),
        ("ownType", told("Own")),
        ("xml", {"Oss 2019-05-17 PutBucketCors"}),
    ],
)
def test_a_function_reaches_exactly_these_calls(source: Checkout, name: str, calls: set[str]) -> None:
    asked = Calls(source)
    assert asked.of(PACKAGE, name) == calls
    assert asked.unread == asked.missing == set()


def test_an_order_of_asking_changes_nothing(source: Checkout) -> None:
    one, other = Calls(source), Calls(source)
    names = ("around", "andBack", "resourceWellCreate", "resourceWellRead")
    assert [one.of(PACKAGE, name) for name in names] == [other.of(PACKAGE, name) for name in reversed(names)][::-1]


def actions(source: Checkout, name: str) -> tuple[list[str], Actions]:
    known = {
        "apis": {
            "water:Dig": ["Water 2020-01-01 Dig"],
            "water:Open": ["Water 2020-01-01 PUT /open (Open)"],
            "ecs:CreateTCPListener": ["Ecs 2014-05-26 CreateTCPListener"],
            "ecs:CreateUDPListener": ["Ecs 2014-05-26 CreateUDPListener"],
        },
        "services": {"Water": ["water"], "OSS SDK": ["oss"], "Ecs": ["ecs"]},
    }
    asked = Actions(source, known)
    declared = source.functions[PACKAGE, name]
    function = Function(name, PACKAGE, declared.node, declared.place)
    found = asked.of(["alicloud_well"], {"alicloud_well": {"read": function}})
    return found["alicloud_well"]["read"], asked


def test_a_call_that_is_not_known_is_named_by_the_rule_and_reported(source: Checkout) -> None:
    found, asked = actions(source, "resourceWellCreate")
    assert found == ["water:Dig", "water:Fill", "water:Look", "water:Pump"]
    assert asked.new == {f"Water 2020-01-01 {one}": [f"water:{one}"] for one in ("Fill", "Look", "Pump")}
    assert actions(source, "libraries")[1].new["OSS SDK Bucket.PutObject"] == ["oss:PutObject"]


def test_a_path_has_the_name_that_was_looked_up(source: Checkout) -> None:
    assert actions(source, "endpoint")[0] == ["water:Open", "water:OpenWater"]


def test_a_name_with_a_part_from_the_configuration_stands_for_all_known_ones_of_that_form(source: Checkout) -> None:
    assert actions(source, "common")[0] == ["ecs:CreateTCPListener", "ecs:CreateUDPListener"]


def test_what_cannot_be_named_or_told_is_said_and_never_guessed(source: Checkout) -> None:
    assert actions(source, "paths")[1].unread == [
        "a call without a name in RAM: Water 2020-01-01 GET /wells/{}",
        "a call without a name in RAM: Water 2020-01-01 PUT /wells/{}/water",
    ]
    found, asked = actions(source, "computed")
    assert found == []
    assert asked.unread == [
        "a call whose product, version or action is not known: client.RpcPost",
        "a call without a name in RAM: Water 2020-01-01 {}",
    ]
    assert actions(source, "asParameter")[1].unread == ["a call without a name in RAM: Ground 2020-01-01 TagOne"]


def test_an_operation_that_a_type_lacks_is_not_listed(source: Checkout) -> None:
    _, asked = actions(source, "xml")
    assert asked.of(["alicloud_well", "alicloud_other"], {"alicloud_well": {}}) == {"alicloud_well": {}}
