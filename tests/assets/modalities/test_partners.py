"""HL7 partners by the step `apply`: whose messages the archive takes, against a real slapd."""

from typing import Any

import pytest

from tests.assets.modalities.conftest import CT, DEVICE, DEVICES, Config, Step

pytestmark = pytest.mark.server

APPLICATION = f"hl7ApplicationName=*,{DEVICE}"
RIS: dict[str, Any] = {
    "application": "RIS|NORTH",
    "hospital": "north",
    "address": "10.20.1.30",
    "sends": ["adt", "order"],
    "tls": False,
}
KIS = {**RIS, "application": "KIS|NORTH", "sends": ["adt"]}


def taken(directory: Config) -> list[str]:
    return directory.everything()[APPLICATION].get("hl7AcceptedSendingApplication", [])


def accept(directory: Config, *names: str) -> None:
    """As a person does in the console."""
    lines = "".join(f"hl7AcceptedSendingApplication: {name}\n" for name in names)
    directory.modify(f"dn: {APPLICATION}\nchangetype: modify\nreplace: hl7AcceptedSendingApplication\n{lines}")


def test_listed_partners_are_taken_nobody_else_and_a_second_run_writes_nothing(step: Step, directory: Config) -> None:
    done = step(CT, hl7=[RIS, KIS])
    assert done.returncode == 0, done.stderr
    assert "HL7 is taken of KIS|NORTH, RIS|NORTH" in done.stdout.splitlines()
    assert "HL7 messages that name no character set are read as GB 18030-2000" in done.stdout.splitlines()
    assert taken(directory) == ["KIS|NORTH", "RIS|NORTH"]
    assert directory.everything()[APPLICATION]["hl7DefaultCharacterSet"] == ["GB 18030-2000"]
    before = directory.everything()
    assert step(CT, hl7=[KIS, RIS]).stdout.splitlines() == ["listed: 1 modalities, 2 HL7 partners"]
    assert directory.everything() == before


def test_a_partner_that_goes_is_refused_and_what_people_entered_stays(step: Step, directory: Config) -> None:
    accept(directory, "OLD|SOUTH")
    assert step(hl7=[RIS, KIS]).returncode == 0
    assert taken(directory) == ["KIS|NORTH", "OLD|SOUTH", "RIS|NORTH"]
    assert step(hl7=[KIS]).returncode == 0
    assert taken(directory) == ["KIS|NORTH", "OLD|SOUTH"]
    assert f"dicomDeviceName=hl7-RIS|NORTH,{DEVICES}" not in directory.everything()


def test_an_empty_list_takes_nobodys_messages_where_no_name_would_take_everybodys(
    step: Step, directory: Config
) -> None:
    done = step(hl7=[])
    assert "HL7 is taken of nobody" in done.stdout.splitlines(), done.stderr
    assert taken(directory) == ["dicom-cdk|nobody"]
    assert step(hl7=[RIS]).returncode == 0
    assert taken(directory) == ["RIS|NORTH"]


def test_a_list_that_is_taken_out_leaves_what_people_entered(step: Step, directory: Config) -> None:
    assert step(hl7=[RIS]).returncode == 0
    done = step()
    assert done.returncode == 0, done.stderr
    assert "HL7 is taken of anybody" in done.stdout.splitlines()
    assert taken(directory) == []
    assert step().stdout.splitlines() == ["listed: 0 modalities"]


def test_partners_alone_leave_callers_of_dimse_as_they_are(step: Step, directory: Config) -> None:
    done = step(hl7=[RIS], without="modalities")
    assert done.stdout.splitlines()[-1] == "listed: 1 HL7 partners", done.stderr
    assert "dcmValidateCallingAEHostname" not in directory.everything()[DEVICE]


def test_an_archive_without_the_application_is_a_conflict_and_the_rest_is_done(step: Step, directory: Config) -> None:
    directory.modify(f"dn: {APPLICATION}\nchangetype: delete\n")
    try:
        done = step(CT, hl7=[RIS])
        assert done.returncode == 1
        assert (
            "conflict: the archive has no HL7 application *; enter it, or take hl7 out of the site's file"
            in done.stderr
        )
        assert directory.device("CT_ROOM1")
    finally:
        directory.modify(
            f"dn: {APPLICATION}\nchangetype: add\nobjectClass: hl7Application\nhl7ApplicationName: *\n"
            f"dicomNetworkConnectionReference: cn=hl7,{DEVICE}\ndicomNetworkConnectionReference: cn=hl7-tls,{DEVICE}\n"
        )
