"""The room docker_host with a site's constants: address pools beside every network that it must reach."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicom_cdk.address_pool import VENDOR_RANGES
from dicom_cdk.payload.host_bundle import FIRST_BOOT_FILES, VENDOR_MIRROR, address_pool, host_bundle

PRIVATE = [ipaddress.IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


@pytest.mark.parametrize(
    ("taken", "pool"),
    [
        (["172.18.0.0/16"], "192.168.128.0/17"),
        (["192.168.0.0/16"], "172.31.0.0/16"),
        (["192.168.200.0/24"], "192.168.0.0/17"),
        (["192.168.0.0/16", "172.16.0.0/12"], "10.255.0.0/16"),
        (["192.168.0.0/16", "172.16.0.0/12", "10.128.0.0/9"], "10.127.0.0/16"),
    ],
)
def test_the_pool_is_the_first_that_nobody_has(taken: list[str], pool: str) -> None:
    assert address_pool(taken) == pool


@st.composite
def private_networks(draw: st.DrawFn) -> str:
    base = draw(st.sampled_from(PRIVATE))
    prefix = draw(st.integers(base.prefixlen, 28))
    address = draw(st.integers(int(base[0]), int(base[-1])))
    return str(ipaddress.IPv4Network((address, prefix), strict=False))


@given(st.lists(private_networks(), max_size=4))
def test_no_network_is_ever_overlapped(taken: list[str]) -> None:
    try:
        pool = ipaddress.ip_network(address_pool(taken))
    except ValueError:
        free = [net for net in PRIVATE if not any(net.overlaps(ipaddress.ip_network(cidr)) for cidr in taken)]
        assert not free
        return
    for cidr in (*taken, *VENDOR_RANGES):
        assert not pool.overlaps(ipaddress.ip_network(cidr))


def test_without_a_free_range_the_message_says_what_to_narrow() -> None:
    with pytest.raises(
        ValueError, match=r"no private range is left .* beside 10\.0\.0\.0/8, .*narrow network\.hospital_cidrs"
    ):
        address_pool([str(net) for net in PRIVATE])


@pytest.mark.parametrize("taken", [["172.18.0.0/16"], ["192.168.0.0/16"]])
def test_the_engines_settings_are_json_with_bridge_and_pools_apart(taken: list[str]) -> None:
    daemon = json.loads(host_bundle(taken_cidrs=taken, time_zone="UTC", egress="nat").text("daemon.json"))
    bridge = ipaddress.ip_interface(daemon["bip"]).network
    pools = [ipaddress.ip_network(pool["base"]) for pool in daemon["default-address-pools"]]
    whole = ipaddress.IPv4Network(address_pool(taken))
    assert sum(net.num_addresses for net in (bridge, *pools)) == whole.num_addresses
    assert not any(bridge.overlaps(pool) for pool in pools)
    assert all(pool["size"] >= net.prefixlen for pool, net in zip(daemon["default-address-pools"], pools, strict=True))


def test_packages_of_the_rooms_are_added_and_the_mirror_only_without_egress() -> None:
    nat = host_bundle(taken_cidrs=[], time_zone="UTC", egress="nat", packages=["ldap-utils", "curl"]).text("host.env")
    assert "PACKAGES='ca-certificates curl docker-compose-v2 docker.io ldap-utils unattended-upgrades'\n" in nat
    assert "APT_MIRROR=''\n" in nat
    none = host_bundle(taken_cidrs=[], time_zone="UTC", egress="none").text("host.env")
    assert f"APT_MIRROR='{VENDOR_MIRROR}'\n" in none


def test_the_first_boots_files_are_all_in_the_bundle() -> None:
    assert host_bundle(taken_cidrs=[], time_zone="UTC", egress="nat").only(FIRST_BOOT_FILES).files
