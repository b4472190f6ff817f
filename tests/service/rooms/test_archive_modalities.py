"""Listed modalities: rules as narrow as the entries, and the step that gets the list."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.service.callers import Callers
from dicom_cdk.settings.site import SiteSettings
from tests.conftest import SMALL_SITE
from tests.synthesized import Synthesized

NORTH = {"name": "north", "cidrs": ["10.20.0.0/16"]}
CT = {"ae_title": "CT_ROOM1", "hospital": "north", "address": "10.20.1.15", "tls": False, "may": ["store", "query"]}
PACS = {**CT, "ae_title": "PACS_NORTH", "address": "10.20.1.4", "tls": True, "may": ["retrieve"]}
APART = {"store_ae_title": "STORE", "query_ae_title": "QUERY"}
OPEN = {"hospital_cidrs": ["10.20.0.0/16"]}


def many(count: int) -> list[dict[str, Any]]:
    return [
        {**CT, "ae_title": f"DEV{number:03}", "address": f"10.20.{number // 250}.{number % 250 + 1}"}
        for number in range(count)
    ]


def callers(*modalities: dict[str, Any]) -> Callers:
    site = SiteSettings.model_validate(
        {**SMALL_SITE, "hospitals": [NORTH], "modalities": list(modalities)}, strict=False
    )
    made = Callers.of(site)
    assert made is not None
    return made


def ways(stack: Synthesized) -> dict[str, str]:
    """Port and network of the ways to the archive, each with its reason."""
    return {
        f"{one['port_range'].partition('/')[0]} {one['cidr_ip']}": one["description"]
        for one in stack.of_type("security_group_rule")
        if one.path.startswith("archive/from-")
    }


@pytest.fixture(scope="module")
def small(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(hospitals=[NORTH], modalities=[PACS, CT], network=OPEN)


@pytest.fixture(scope="module")
def large(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(hospitals=[NORTH], modalities=many(500), archive=APART)


def test_each_device_gets_the_one_port_that_it_speaks_to_and_its_network_none(small: Synthesized) -> None:
    assert ways(small) == {
        "11112 10.20.1.15/32": "DIMSE from CT_ROOM1 of north",
        "2762 10.20.1.4/32": "DIMSE (TLS) from PACS_NORTH of north",
        "2575 10.20.0.0/16": "HL7 from hospital network",
        "12575 10.20.0.0/16": "HL7 (TLS) from hospital network",
    }


def listed(stack: Synthesized) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.resources["archive/modalities-list"]["content"])
    return found


def test_the_step_waits_for_the_archive_and_gets_the_list_in_the_order_of_ae_titles(small: Synthesized) -> None:
    assert small.resources["archive/check/run"].address in small.resources["archive/modalities/run"]["depends_on"]
    assert listed(small)["hospitals"] == {"north": ["10.20.0.0/16"]}
    assert [one["ae_title"] for one in listed(small)["modalities"]] == ["CT_ROOM1", "PACS_NORTH"]
    assert listed(small)["modalities"][0]["may"] == ["query", "store"]


def test_the_order_of_the_list_changes_nothing() -> None:
    one, other = callers(CT, PACS), callers(PACS, {**CT, "may": ["query", "store"]})
    assert one.listed == other.listed
    assert not APART.keys() & one.archive.keys()
    assert one.ways == other.ways


def test_devices_behind_one_address_share_a_rule_that_names_them() -> None:
    behind = [{**CT, "ae_title": f"US{number}", "port": 104 + number} for number in range(23)]
    ((way, reason),) = callers(*behind).ways.items()
    assert way == ("10.20.1.15", 11112)
    assert reason.startswith("DIMSE from US0, US1, ")
    assert reason.endswith(" and 3 more of north")
    assert len(reason) <= 512


def worklist(**archive: Any) -> str:
    site = SiteSettings.model_validate({**SMALL_SITE, "modalities": [], "archive": archive}, strict=False)
    made = Callers.of(site)
    assert made is not None
    return made.archive["worklist_ae_title"]


def test_the_worklist_follows_the_release_unless_the_site_was_walked_up_or_says_otherwise() -> None:
    assert worklist() == "DCM4CHEE"
    assert worklist(version="5.29.0") == "DCM4CHEE"
    assert worklist(version="5.29.1") == "WORKLIST"
    assert worklist(version="hospital-7", behaves_like="5.34.3") == "WORKLIST"
    assert worklist(version="5.34.3", upgrade_from="5.25.2") == "DCM4CHEE"
    assert worklist(version="5.34.3", upgrade_from="5.34.0") == "WORKLIST", "it was there before"
    assert worklist(version="5.34.3", worklist_ae_title="MWL") == "MWL"


def test_more_devices_than_a_group_takes_are_shared_out_and_the_host_joins_all_groups(large: Synthesized) -> None:
    groups = large.resources["archive/host/instance"]["security_groups"]
    assert len(groups) == 5
    rules = [one for one in large.of_type("security_group_rule") if one.path.startswith("archive/from-modality")]
    assert len({one["cidr_ip"] for one in rules}) == 500
    for group in groups[1:]:
        assert 50 < len([one for one in rules if one["security_group_id"] == group]) <= 200


def test_the_list_goes_by_the_bucket_of_operations_with_its_hash(large: Synthesized) -> None:
    stored = large.resources["archive/modalities-list"]
    digest = hashlib.sha256(stored["content"].encode()).hexdigest()
    assert stored["key"] == f"modalities/{digest}.json"
    assert len(listed(large)["modalities"]) == 500
    run = large.resources["archive/modalities/run"]
    assert f'"list_sha256" = "{digest}"' in run["parameters"]["values"]
    assert APART.items() <= listed(large)["archive"].items()
    # Another storage of the archive's own title is another of theirs.
    assert '"storage_id" = "alicloud-oss"' in run["parameters"]["values"]
    assert "alicloud_ram_role_policy_attachment.archive_read-modalities-grant" in run["depends_on"]
    (read, _) = json.loads(large.resources["archive/read-modalities"]["policy_document"])["Statement"]
    assert read["Resource"] == ["acs:oss:*:1234567890123456:clinic-1234567890123456-ops/modalities/*"]


def test_an_empty_list_lets_nobody_in_and_still_has_its_step(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(modalities=[], network=OPEN)
    assert {way.split()[0] for way in ways(stack)} == {"2575", "12575"}
    assert listed(stack)["modalities"] == []
    assert "archive/modalities/run" in stack.resources


def test_without_a_list_there_is_no_step(default_stack: Synthesized) -> None:
    assert "archive/modalities/run" not in default_stack.resources
