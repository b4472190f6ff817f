"""DIMSE behind DICOMweb's balancer: instances where devices call, the host beside, each as the site says who it is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.payload import archive_start
from dicom_cdk.service.stack import DicomStack
from dicom_cdk.settings.rules.dimse import archives
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import SMALL_SITE
from tests.service.rooms.test_archive_modalities import CT, NORTH, PACS, many
from tests.synthesized import Synthesized, app

CERTIFIED = {**NORTH, "certificate": "north.pem"}
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
BALANCER, HOST = "172.18.92.191", "172.18.92.175"


RIS = {
    "application": "RIS",
    "facility": "N",
    "hospital": "north",
    "address": "10.20.1.30",
    "tls": False,
    "sends": ["adt"],
}


@pytest.fixture(scope="module")
def plain(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(hospitals=[NORTH], modalities=[CT], archive={"dimse": "balanced"})


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    given = {
        **SMALL_SITE,
        "hospitals": [CERTIFIED],
        "modalities": [CT, PACS],
        "hl7": [{**RIS, "tls": True}],
        "archive": {"dimse": "balanced", "certificate_generation": 1, "hl7_character_set": "UNICODE UTF-8"},
        # All at once: what hosts are told of it fits into their commands.
        "storage": {"receive": "cache"},
    }
    out = tmp_path_factory.mktemp("synth")
    site = SiteSettings.model_validate(given, strict=False).with_certificates({"north.pem": PEM})
    synthesize([site], out)
    return Synthesized.read(out / "stacks/clinic")


def ports(stack: Synthesized) -> list[int]:
    return [one["port"] for one in stack.resources["dicomweb/binding"]["intranet"]]


def rules(stack: Synthesized, group: str) -> set[str]:
    """Port and network of the rules of a group that let DIMSE in."""
    return {
        f"{one['port_range'].partition('/')[0]} {one['cidr_ip']}"
        for one in stack.of_type("security_group_rule")
        if f"network_group-{group}.id" in one["security_group_id"]
        and one["port_range"].partition("/")[0] in ("11112", "2762")
        and one.get("cidr_ip")
    }


def test_instances_take_dimse_at_the_balancer_and_the_host_at_a_port_beside(plain: Synthesized) -> None:
    assert ports(plain) == [8080, 11112]
    assert plain.resources["dicomweb/host-11112-member"]["server_id"] == "${alicloud_instance.archive_host_instance.id}"
    listener = plain.resources["dicomweb/host-11112-listener"]
    assert (listener["frontend_port"], listener["protocol"], listener["health_check_type"]) == (11113, "tcp", "tcp")
    assert listener["established_timeout"] == 900


def test_the_listed_devices_and_health_checks_alone_reach_both(plain: Synthesized) -> None:
    assert rules(plain, "dicomweb") == {"11112 10.20.1.15/32", "11112 100.64.0.0/10"}
    assert rules(plain, "archive") == {"11112 10.20.1.15/32", "11112 100.64.0.0/10"}


def test_without_a_list_the_hospitals_networks_reach_the_instances_too(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(archive={"dimse": "balanced"}, network={"hospital_cidrs": ["10.20.0.0/16"]})
    assert rules(stack, "dicomweb") == {"11112 10.20.0.0/16", "11112 100.64.0.0/10"}


def test_devices_are_told_the_balancer_and_what_the_archives_send_from(plain: Synthesized) -> None:
    told = json.loads(plain.resources["archive/modalities-list"]["content"])["archive"]
    assert (told["address"], told["host"]) == (BALANCER, HOST)
    assert told["sends_from"] == "172.18.80.0/20, 172.18.16.0/20"
    assert f'"called_at" = "{BALANCER}"' in plain.resources["archive/up/run"]["parameters"]["values"]


def test_instances_start_once_time_outs_and_the_list_are_in_the_directory(plain: Synthesized) -> None:
    before = plain.resources["dicomweb/application"]["depends_on"]
    for step in ("archive/check/run", "archive/modalities/run"):
        assert plain.resources[step].address in before


def environment(stack: Synthesized) -> dict[str, str]:
    return {one["name"]: one["value"] for one in json.loads(stack.resources["dicomweb/application"]["envs"])}


def test_over_tls_instances_have_the_sites_key_by_variables_and_its_trust_by_a_map(over_tls: Synthesized) -> None:
    assert ports(over_tls) == [8080, 11112, 2575, 2762, 12575]
    assert over_tls.resources["dicomweb/host-2762-listener"]["frontend_port"] == 2763
    given = environment(over_tls)
    assert given[archive_start.KEY_STORE] == "${var.archive_key_store}"
    assert given[archive_start.KEY_STORE_PASSWORD] == "${var.archive_key_store_password}"
    for name in ("archive_key_store", "archive_key_store_password"):
        assert over_tls.json["variable"][name]["sensitive"] is True
    application = over_tls.resources["dicomweb/application"]
    (mount,) = application["config_map_mount_desc_v2"]
    assert mount["key"] in json.loads(over_tls.resources["dicomweb/trust"]["data"])
    assert archive_start.TRUST_FOLDER in application["command_args_v2"][1]
    assert "is not the shared folder" in application["command_args_v2"][1]
    assert application["nas_configs"]


def test_another_trust_rolls_the_instances(over_tls: Synthesized, plain: Synthesized) -> None:
    assert environment(over_tls)["DICOM_KEYS"].endswith("-1")
    assert "DICOM_KEYS" not in environment(plain)


def ways(stack: Synthesized, group: str, *wanted: str) -> set[str]:
    return {
        f"{one['port_range'].partition('/')[0]} {one['cidr_ip']}"
        for one in stack.of_type("security_group_rule")
        if f"network_group-{group}.id" in one["security_group_id"] and one["port_range"].partition("/")[0] in wanted
    }


def test_hl7_goes_where_dimse_does_from_listed_partners_alone(over_tls: Synthesized) -> None:
    for group in ("dicomweb", "archive"):
        assert ways(over_tls, group, "2575", "12575") == {
            "2575 100.64.0.0/10",
            "12575 100.64.0.0/10",
            "12575 10.20.1.30/32",
        }
    assert over_tls.resources["dicomweb/host-12575-listener"]["frontend_port"] == 12576
    told = json.loads(over_tls.resources["archive/modalities-list"]["content"])["archive"]
    assert told["hl7_address"] == BALANCER


def test_without_partners_hl7_of_the_hospitals_networks_is_balanced_and_without_either_no_port_is_open(
    stack_with: Callable[..., Synthesized], plain: Synthesized
) -> None:
    stack = stack_with(archive={"dimse": "balanced"}, network={"hospital_cidrs": ["10.20.0.0/16"]})
    assert ports(stack) == [8080, 11112, 2575]
    assert ways(stack, "dicomweb", "2575") == {"2575 10.20.0.0/16", "2575 100.64.0.0/10"}
    assert ports(plain) == [8080, 11112]


def test_a_raised_quota_of_rules_lets_more_devices_call_the_balancer() -> None:
    given = {
        **SMALL_SITE,
        "hospitals": [NORTH],
        "modalities": many(300),
        "archive": {"dimse": "balanced"},
        "network": {"security_group_rules": 350},
    }
    assert list(archives(SiteSettings.model_validate(given, strict=False))) == []


def test_a_site_on_its_host_has_none_of_it(default_stack: Synthesized) -> None:
    assert ports(default_stack) == [8080]
    assert not [path for path in default_stack.room("dicomweb") if path.startswith(("host-", "trust", "from-modality"))]
    given: Any = default_stack.resources["dicomweb/application"].get("config_map_mount_desc_v2")
    assert given is None


def test_so_many_certificates_that_a_map_does_not_take_them_are_refused() -> None:
    body = "A" * 1_000_000
    site = SiteSettings.model_validate(
        {
            **SMALL_SITE,
            "hospitals": [CERTIFIED],
            "modalities": [PACS],
            "archive": {"dimse": "balanced", "certificate_generation": 1},
        },
        strict=False,
    ).with_certificates({"north.pem": PEM.replace("AAAA", body)})
    with pytest.raises(ValueError, match="bytes in an instance's trust store, allowed 900000"):
        DicomStack(app(), site)


@pytest.mark.parametrize(("count", "said"), [(150, []), (151, ["archive.dimse"])])
def test_more_addresses_than_an_applications_group_takes_are_refused(count: int, said: list[str]) -> None:
    given = {**SMALL_SITE, "hospitals": [NORTH], "modalities": many(count), "archive": {"dimse": "balanced"}}
    problems = list(archives(SiteSettings.model_validate(given, strict=False)))
    assert [problem.path for problem in problems] == [("archive", "dimse")] * len(said)
    for problem in problems:
        assert (
            problem.what
            == "is balanced, but modalities and hl7 have 151 addresses: instances on SAE are in one security group"
        )
