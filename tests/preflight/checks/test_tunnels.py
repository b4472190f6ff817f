"""VPN gateways: bandwidth and zones of both ends."""

from typing import Any

import pytest

from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import tunnels, zones
from tests.account import market
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

L, G = "cn-shanghai-l", "cn-shanghai-g"


def gateway(**more: Any) -> Target:
    end = {"vswitch_id": "${alicloud_vswitch.l.id}", "disaster_recovery_vswitch_id": "${alicloud_vswitch.g.id}"}
    return stack(
        {
            "alicloud_vpn_gateway": {"one": {**end, "bandwidth": 100, **more}},
            "alicloud_vswitch": {"l": {"zone_id": L}, "g": {"zone_id": G}},
        }
    )


def offers(*names: str) -> dict[str, Answer]:
    return {"DescribeVpnGatewayAvailableZones": {"AvailableZoneIdList": [{"ZoneId": name} for name in names]}}


def test_both_ends_of_a_gateway_are_asked_for_its_bandwidth() -> None:
    asked: list[str] = []

    def answer(parameters: Any) -> Any:
        asked.append(f"{parameters['RegionId']} {parameters['Spec']}")
        return offers(L, G)["DescribeVpnGatewayAvailableZones"]

    found = answered(tunnels.CHECK, gateway(), {"DescribeVpnGatewayAvailableZones": answer})
    assert [(one.name, one.verdict, one.said) for one in found] == [
        (f"VPN gateway of 100 Mbit/s in {zone}", "ok", "offered") for zone in (L, G)
    ]
    assert asked == ["cn-shanghai 100M"], "the same question once"


@pytest.mark.parametrize(
    ("sold", "do"),
    [
        ((L, "cn-shanghai-b"), "zones that are: cn-shanghai-b, cn-shanghai-l"),
        ((), "no zone of the region is: set another network.vpn_bandwidth_mbps"),
    ],
)
def test_a_zone_without_gateways_is_told_with_those_that_have_some(sold: tuple[str, ...], do: str) -> None:
    found = answered(tunnels.CHECK, gateway(), offers(*sold))[-1]
    assert (found.name, found.verdict) == (f"VPN gateway of 100 Mbit/s in {G}", "lacks")
    assert (found.said, found.do) == ("not offered", do)


def test_a_given_vswitch_is_where_other_resources_say_it_is() -> None:
    target = stack(
        {
            "alicloud_vpn_gateway": {"one": {"vswitch_id": "vsw-given", "bandwidth": 10}},
            "alicloud_instance": {"host": {"vswitch_id": "vsw-given", "availability_zone": G}},
        }
    )
    (found,) = answered(tunnels.CHECK, target, offers(G))
    assert (found.name, found.verdict) == (f"VPN gateway of 10 Mbit/s in {G}", "ok")


def test_a_gateway_that_does_not_say_its_size_or_place_is_told() -> None:
    (found,) = answered(tunnels.CHECK, gateway(bandwidth="${var.width}"), {})
    assert (found.verdict, found.said) == ("look", "bandwidth or zone is known after apply only")


def test_a_refused_question_is_no_offer() -> None:
    refused: dict[str, Answer] = {"DescribeVpnGatewayAvailableZones": error("Forbbiden.SubUser", "no", 403)}
    found = answered(tunnels.CHECK, gateway(), refused)
    assert {(one.verdict, one.said) for one in found} == {("unasked", "Forbbiden.SubUser: no")}


def test_zones_that_are_exchanged_have_to_take_the_gateway_too() -> None:
    (found,) = answered(zones.CHECK, gateway(), {**market.good(), **offers("cn-shanghai-b", L)})
    assert found.do == "cn-shanghai-b for cn-shanghai-g"
