"""Which AE titles of the archive a listed device may call, against a real slapd."""

from typing import Any

import pytest

from tests.assets.modalities.conftest import CT, DEVICE, PACS, Config, Step

pytestmark = pytest.mark.server

OURS = "dicom-cdk|listed"
ARCHIVE = {"ae_title": "DCM4CHEE", "worklist_ae_title": "DCM4CHEE"}
SOUTH = {**PACS, "ae_title": "PACS_SOUTH", "hospital": "south"}
TENANTS = [{"ae_title": "RESEARCH", "hospitals": ["north"]}]


def accepted(directory: Config, title: str) -> list[str]:
    return directory.search(f"dicomAETitle={title},{DEVICE}").get("dcmAcceptedCallingAETitle", [])


def listed(**more: Any) -> dict[str, Any]:
    return {"archive": ARCHIVE, **more}


def test_a_tenants_devices_call_its_ae_title_and_no_other_of_the_archive(step: Step, directory: Config) -> None:
    done = step(CT, SOUTH, lists=listed(tenants=TENANTS))
    assert done.returncode == 0, done.stderr
    assert "AE title RESEARCH takes calls of CT_ROOM1" in done.stdout
    assert "AE title DCM4CHEE takes calls of PACS_SOUTH" in done.stdout
    assert accepted(directory, "RESEARCH") == ["CT_ROOM1", OURS]
    for title in ("DCM4CHEE", "AS_RECEIVED"):
        assert accepted(directory, title) == ["PACS_SOUTH", OURS], "it would find the tenant's images there"
    again = step(CT, SOUTH, lists=listed(tenants=TENANTS))
    assert again.stdout.splitlines() == ["listed: 2 modalities"]


def test_where_every_device_may_call_no_ae_title_names_any(step: Step, directory: Config) -> None:
    assert step(CT, PACS, lists=listed()).returncode == 0
    assert accepted(directory, "DCM4CHEE") == []
    assert step(CT, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    done = step(CT, SOUTH, lists=listed())
    assert "AE title DCM4CHEE takes calls of every known device" in done.stdout
    assert accepted(directory, "DCM4CHEE") == accepted(directory, "RESEARCH") == []


def test_a_worklist_apart_is_for_devices_with_worklist(step: Step, directory: Config) -> None:
    mr = {**CT, "ae_title": "MR1", "address": "10.20.1.16", "may": ["worklist"]}
    apart = listed(archive={"ae_title": "DCM4CHEE", "worklist_ae_title": "RESEARCH"})
    assert step(CT, mr, lists=apart).returncode == 0
    assert accepted(directory, "RESEARCH") == ["MR1", OURS]
    assert accepted(directory, "DCM4CHEE") == [], "reports of steps (MPPS) go there"


def test_devices_that_people_entered_go_on_calling_but_at_no_tenants_title(step: Step, directory: Config) -> None:
    directory.enter("OLD_CT")
    assert step(CT, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    assert accepted(directory, "DCM4CHEE") == ["OLD_CT", "PACS_SOUTH", OURS]
    assert accepted(directory, "RESEARCH") == ["CT_ROOM1", OURS]


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost"])
def test_sample_devices_of_the_image_let_nobody_in(step: Step, directory: Config, address: str) -> None:
    """Its first configuration has STORESCP and SCHEDULEDSTATION, names that everybody knows."""
    assert step(CT, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    for title in ("STORESCP", "SCHEDULEDSTATION"):
        directory.enter(title, device=title.lower(), host=address)
    # As an earlier release of ours left it.
    directory.modify(
        f"dn: dicomAETitle=DCM4CHEE,{DEVICE}\nchangetype: modify\nadd: dcmAcceptedCallingAETitle\n"
        "dcmAcceptedCallingAETitle: STORESCP\n"
    )
    assert step(CT, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    assert accepted(directory, "DCM4CHEE") == ["PACS_SOUTH", OURS]


def test_what_people_added_to_our_list_stays_and_what_left_the_list_goes(step: Step, directory: Config) -> None:
    assert step(CT, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    directory.modify(
        f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: modify\nadd: dcmAcceptedCallingAETitle\n"
        "dcmAcceptedCallingAETitle: GUEST\n"
    )
    mr = {**CT, "ae_title": "MR1", "address": "10.20.1.16"}
    assert step(mr, SOUTH, lists=listed(tenants=TENANTS)).returncode == 0
    assert accepted(directory, "RESEARCH") == ["GUEST", "MR1", OURS]


def test_a_list_of_somebody_else_is_a_conflict_where_it_lets_in_whom_it_must_not_and_stays(
    step: Step, directory: Config
) -> None:
    for title, names in (("DCM4CHEE", ("CT_ROOM1", "OTHER")), ("AS_RECEIVED", ("OTHER",))):
        values = "".join(f"dcmAcceptedCallingAETitle: {one}\n" for one in names)
        directory.modify(
            f"dn: dicomAETitle={title},{DEVICE}\nchangetype: modify\nadd: dcmAcceptedCallingAETitle\n{values}"
        )
    done = step(CT, SOUTH, lists=listed(tenants=TENANTS))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "conflict: AE title DCM4CHEE of the archive takes calls of CT_ROOM1, which somebody entered there "
        "(dcmAcceptedCallingAETitle); take that out"
    )
    assert accepted(directory, "DCM4CHEE") == ["CT_ROOM1", "OTHER"]
    assert accepted(directory, "AS_RECEIVED") == ["OTHER"]
    assert accepted(directory, "RESEARCH") == ["CT_ROOM1", OURS]
