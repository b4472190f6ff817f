"""Listed HL7 partners: a way for each address, one list with the modalities, trust for both."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.service.dicom import Dicom
from dicom_cdk.settings.site import SiteSettings
from tests.conftest import SMALL_SITE
from tests.service.rooms.test_archive_modalities import CT, NORTH
from tests.synthesized import Synthesized

RIS: dict[str, Any] = {
    "application": "RIS",
    "facility": "NORTH",
    "hospital": "north",
    "address": "10.20.1.30",
    "tls": False,
    "sends": ["order", "adt"],
}
KIS = {**RIS, "application": "KIS", "address": "10.20.1.31", "tls": True, "sends": ["adt"], "certificate": "kis.pem"}
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def dicom(**settings: Any) -> Dicom:
    given = {**SMALL_SITE, "hospitals": [NORTH], **settings}
    return Dicom.of(SiteSettings.model_validate(given, strict=False).with_certificates({"kis.pem": PEM}))


@pytest.fixture(scope="module")
def stack(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(
        hospitals=[NORTH],
        hl7=[RIS],
        network={"hospital_cidrs": ["10.20.0.0/16"]},
        archive={"hl7_character_set": "GB 18030-2000"},
    )


def test_each_partner_gets_the_one_port_that_it_speaks_to_and_its_network_none(stack: Synthesized) -> None:
    ways = {
        f"{one['port_range'].partition('/')[0]} {one['cidr_ip']}": one["description"]
        for one in stack.of_type("security_group_rule")
        if one.path.startswith("archive/from-") and one["port_range"].partition("/")[0] in ("2575", "12575")
    }
    assert ways == {"2575 10.20.1.30/32": "HL7 from RIS of north"}


def test_a_list_of_partners_alone_has_the_step_and_leaves_dimse_as_it_was(stack: Synthesized) -> None:
    told = json.loads(stack.resources["archive/modalities-list"]["content"])
    assert told["hl7"] == [
        {
            "address": "10.20.1.30",
            "application": "RIS|NORTH",
            "hospital": "north",
            "sends": ["adt", "order"],
            "tls": False,
        }
    ]
    assert told["hl7_character_set"] == "GB 18030-2000"
    assert "modalities" not in told
    assert "archive/from-hospital-11112-10-20-0-0-16" in stack.resources


def test_both_lists_are_one_text_whatever_their_order() -> None:
    archive = {"hl7_character_set": "UNICODE UTF-8"}
    one = dicom(hl7=[RIS, KIS], modalities=[CT], archive=archive)
    other = dicom(hl7=[KIS, {**RIS, "sends": ["adt", "order"]}], modalities=[CT], archive=archive)
    assert one.listed == other.listed
    assert [each["application"] for each in json.loads(one.listed)["hl7"]] == ["KIS|NORTH", "RIS|NORTH"]
    assert json.loads(one.listed)["archive"]["hl7_address"] == "172.18.92.175"


def test_a_partner_over_tls_is_trusted_by_its_certificate() -> None:
    assert dicom(hl7=[KIS], archive={"hl7_character_set": "8859/1"}).trusted == PEM
    assert dicom(hl7=[RIS], archive={"hl7_character_set": "8859/1"}).trusted == ""


def test_a_site_without_lists_has_no_list() -> None:
    assert dicom().listed == ""
    assert json.loads(dicom(hl7=[]).listed)["hl7"] == []


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({"archive": {"version": "5.34.3"}}, "WORKLIST"),
        ({"archive": {"version": "5.25.2"}}, ""),
        ({"archive": {"version": "5.34.3", "worklist_ae_title": "MWL"}}, "MWL"),
        ({"archive": {"version": "5.34.3"}, "gateway": {"ae_titles": ["DCM4CHEE"]}}, ""),
    ],
)
def test_the_gateway_lets_the_worklists_own_ae_title_through_where_the_release_has_one(
    settings: dict[str, Any], title: str
) -> None:
    assert dicom(**settings).worklist_ae_title == title
