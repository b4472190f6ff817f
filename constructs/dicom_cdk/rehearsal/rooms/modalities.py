"""Modalities: a day of two hospitals, with the host's own steps, the real directory and real peers.

North knows no TLS and nothing but Implicit VR; South speaks TLS alone. Their list takes the place of the site's own for the day,
since no rehearsal has the keys of the site's devices; at the end the site's own list is applied. Two stand-ins for archives share
images behind one address, which moves as a balancer's does.

Over 200 lines: one day, in which each check begins where the one before ends.
"""

import json
import subprocess

from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from dicom_cdk.rehearsal.archive.hl7 import UNMAPPED_STATION
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients.dicom_objects import image
from dicom_cdk.rehearsal.clients.dimse_requests import (
    ACCESSION,
    begun_step,
    ok,
    refusal,
    study_move,
    study_query,
    worklist,
)
from dicom_cdk.rehearsal.clients.hl7_sender import UNMAPPED
from dicom_cdk.rehearsal.clients.hospital_device import Device
from dicom_cdk.rehearsal.clients.modality_checks import acknowledged, apart, hl7_over_tls, marked, refused_ones
from dicom_cdk.rehearsal.clients.modality_day import (
    ARCHIVES,
    BALANCER,
    CT,
    HOST_WAY,
    HOST_WAY_TLS,
    KILLED_AT,
    OBJECTS,
    PACS,
    SENDER,
    STRANGER,
    TENANT,
    Day,
)
from dicom_cdk.rehearsal.handed_objects import handed
from dicom_cdk.rehearsal.machines import certificates
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.site import Site, Step
from dicom_cdk.rehearsal.stage import Stage

ROOM, TLS_ROOM = "modalities", "tls"


def steps_of(site: Site) -> tuple[Step | None, Step | None]:
    """The list's step, and that of keys and trust."""
    found = {step.room: step for step in site.steps if step.room in (ROOM, TLS_ROOM)}
    return found.get(ROOM), found.get(TLS_ROOM)


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:  # noqa: ARG001 as of every room
    """A site with a list; nothing for others."""
    listed, keys = steps_of(stage.site)
    if listed is None:
        checks.skip(ROOM, "a modality's day", "the site lists neither modalities nor HL7 partners")
        return
    day = Day(stage, listed, keys)
    with checks.check(ROOM, "the list is in the directory, once") as said:
        said.append(day.apply([CT, PACS] if keys else [CT], [SENDER])[-1])
        expect(day.apply(day.devices, [SENDER])[:-1] == [], "the second run changed something")
    if keys is not None:
        with checks.check(ROOM, "key and trust are what the archive's ports get"):
            day.trust(day.south.certificate)
            day.trust(day.south.certificate)
    with checks.check(ROOM, "two archives take calls"):
        for name in ARCHIVES:
            day.begin(name)
        stage.network.address("node-a", BALANCER)
    _day(day, checks)
    if keys is not None:
        _over_tls(day, checks)
    _lists(day, checks)


def _day(day: "Day", checks: Checks) -> None:
    north, archive = day.north_device, (BALANCER, 11112)
    with checks.check(ROOM, "C-ECHO of a device that knows Implicit VR alone, by dcmtk too"):
        north.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))
        command = [need("echoscu", "dcmtk"), "-aet", north.ae_title, "-aec", day.title, BALANCER, "11112"]
        done = subprocess.run([*day.stage.network.on("north"), *command], capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"echoscu said {done.stderr[-300:]}")
    with checks.check(ROOM, "an unknown caller, a wrong address and an unknown AE title of the archive are refused"):
        stranger = Device(day.stage.network, "stranger", STRANGER, "NOBODY", 104)
        thief = Device(day.stage.network, "stranger", STRANGER, north.ae_title, 104)
        expect("Calling AE title not recognised" in refusal(stranger, archive, day.title), "a stranger is let in")
        expect(
            "Calling AE title not recognised" in refusal(thief, archive, day.title),
            "a known name from elsewhere is let in",
        )
        expect(
            "Called AE title not recognised" in refusal(north, archive, "NOBODYS"),
            "any AE title of the archive will do",
        )
    with checks.check(ROOM, "HL7: a patient and an order are taken, another sender is refused"):
        expect(day.send("RIS", "NORTH", "ADT^A04") == "AA", "the patient was not taken")
        expect(day.send("RIS", "NORTH", "OMI^O23") == "AA", "the order was not taken")
        expect(day.send("RIS", "SOUTH", "ADT^A04") == "AR", "another sender was let in")
    with checks.check(
        ROOM, "HL7 by the balancer's way to the host: the same senders, and one worklist with the other way"
    ):
        day.way_to_host("node-a", HOST_WAY, 2575)
        expect(day.send("RIS", "NORTH", "ADT^A04", port=HOST_WAY) == "AA", "the patient was not taken")
        expect(day.send("RIS", "SOUTH", "ADT^A04", port=HOST_WAY) == "AR", "another sender was let in")
        for control, offered in (("NW", [UNMAPPED]), ("CA", [])):
            expect(
                day.send("RIS", "NORTH", "ORM^O01", control=control, port=HOST_WAY) == "AA", "the order was not taken"
            )
            found = north.call(archive, day.title, ModalityWorklistInformationFind, worklist(UNMAPPED_STATION))
            expect([one.AccessionNumber for one in found] == offered, f"the instances' worklist has {found}")
    with checks.check(ROOM, "the order is in the worklist of its station; begun by MPPS it is not offered again"):
        found = north.call(archive, day.title, ModalityWorklistInformationFind, worklist(north.ae_title))
        expect([one.AccessionNumber for one in found] == [ACCESSION], f"the worklist has {found}")
        expect(str(found[0].PatientName) == "\u738b^\u5c0f\u4e1c", f"the patient is called {found[0].PatientName}")
        north.call(archive, day.title, ModalityPerformedProcedureStep, begun_step)
        found = north.call(archive, day.title, ModalityWorklistInformationFind, worklist(north.ae_title))
        expect(found == [], "a step that was begun is still in the worklist")
    with checks.check(
        ROOM, "an order by ORM^O01 names no station: it is on the default one's list until it is cancelled"
    ):
        expect(day.send("RIS", "NORTH", "ORM^O01") == "AA", "the order was not taken")
        stations = {}
        for station in (UNMAPPED_STATION, north.ae_title):
            found = north.call(archive, day.title, ModalityWorklistInformationFind, worklist(station))
            stations[station] = [str(one.AccessionNumber) for one in found]
        expect(stations == {UNMAPPED_STATION: [UNMAPPED], north.ae_title: []}, f"the worklists are {stations}")
        expect(day.send("RIS", "NORTH", "ORM^O01", control="CA") == "AA", "the cancellation was not taken")
        found = north.call(archive, day.title, ModalityWorklistInformationFind, worklist(UNMAPPED_STATION))
        expect(found == [], "a cancelled order is still in the worklist")
    with checks.check(
        ROOM, f"C-STORE of {OBJECTS} objects, one archive killed in the middle: nothing lost, nothing twice"
    ) as said:
        (day.shared / "die-after").write_text(str(KILLED_AT))
        said.append(f"{day.store_all()} associations")
        kept = json.loads((day.shared / "lists.json").read_text())["kept"]
        expect(len(kept) == len(set(kept)) == OBJECTS, f"{len(kept)} kept, {len(set(kept))} different, {OBJECTS} sent")
        expect(set(kept) == {str(one.SOPInstanceUID) for one in day.objects}, "others were kept than were sent")
    with checks.check(ROOM, "storage commitment: a report of all on an association of its own, and of what is missing"):
        day.commit(day.objects, 1)
        day.commit([*day.objects[:3], image("NOBODY")], 2)
    with checks.check(ROOM, "a query finds the study with all its objects"):
        found = north.call(archive, day.title, StudyRootQueryRetrieveInformationModelFind, study_query(day.study))
        counts = [int(one.NumberOfStudyRelatedInstances) for one in found]
        expect(counts == [OBJECTS], f"found {counts}")


def _over_tls(day: "Day", checks: Checks) -> None:
    south, archive = day.south_device, (BALANCER, 2762)
    with checks.check(
        ROOM,
        "over TLS: echo with a certificate of the hospital's authority; a stranger's, one that has expired: refused",
    ):
        south.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))
        own = south.own
        for kind, other in refused_ones(day).items():
            south.own = other
            expect("no association" in refusal(south, archive, day.title), f"{kind} certificate is let in")
        south.own = own
    with checks.check(
        ROOM,
        "HL7 over TLS by both ways of the balancer: listed senders; a stranger's certificate, an expired one, none: refused",
    ):
        day.way_to_host("node-b", HOST_WAY_TLS, 12575)
        for port in (12575, HOST_WAY_TLS):
            hl7_over_tls(day, port)
    with checks.check(
        ROOM, "C-MOVE to the second hospital, over TLS: every object as it was sent; to one that is not listed: refused"
    ):
        south.received.clear()
        code = south.call(
            archive, day.title, StudyRootQueryRetrieveInformationModelMove, study_move(day.study, "PACS_SOUTH")
        )
        expect(code == 0, f"C-MOVE ended with 0x{code:04X}")
        sent = {str(one.SOPInstanceUID): one.PixelData for one in day.objects}
        came = {str(one.SOPInstanceUID): one.PixelData for one in south.received}
        expect(len(south.received) == OBJECTS and came == sent, f"{len(south.received)} came, {len(came)} different")
        code = south.call(
            archive, day.title, StudyRootQueryRetrieveInformationModelMove, study_move(day.study, "NOBODY")
        )
        expect(code == 0xA801, f"C-MOVE to nobody ended with 0x{code:04X}")
    with checks.check(
        ROOM, "an authority that is off the list: its devices are refused once the archive has started anew"
    ):
        day.trust(certificates.authority("another hospital").certificate)
        day.begin("node-b")
        expect("no association" in refusal(south, archive, day.title), "a revoked certificate is let in")
        for port in (12575, HOST_WAY_TLS):
            expect(acknowledged(day, port, day.sender) == "", f"a revoked certificate sends HL7 to port {port}")
        day.trust(day.south.certificate)
        day.begin("node-b")
        south.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))


def _lists(day: "Day", checks: Checks) -> None:
    north, archive = day.north_device, (BALANCER, 11112)
    with checks.check(
        ROOM, "a tenant finds what came in at its AE title and what has no mark; the site's own AE title finds all"
    ):
        marked(day)
    with checks.check(ROOM, "the list changed and applied again: exactly the difference"):
        mr = {**CT, "ae_title": "MR_NORTH", "address": STRANGER}
        said = day.apply([mr, *day.devices[1:]], [SENDER])
        expect(
            sorted(said[:-1]) == ["added MR_NORTH: north, may store, worklist", "removed CT_NORTH"], f"it did {said}"
        )
        expect("Calling AE title not recognised" in refusal(north, archive, day.title), "a removed device is let in")
        newcomer = Device(day.stage.network, "stranger", STRANGER, "MR_NORTH", 104)
        newcomer.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))
    with checks.check(
        ROOM, "a tenant's device calls its AE title and no other of the archive; without tenants as before"
    ):
        said = day.apply(day.devices, [SENDER], [{"ae_title": TENANT, "hospitals": ["north"]}])
        expect(any(f"AE title {day.title} takes calls of" in line for line in said), f"it did {said}")
        north.call(archive, TENANT, Verification, lambda association: ok(association.send_c_echo()))
        expect("Calling AE title not recognised" in refusal(north, archive, day.title), "it finds what is not its own")
        day.apply(day.devices, [SENDER])
        north.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))
    with checks.check(
        ROOM, "AE titles that tell storing from querying: who may store finds nothing, who may query stores nothing"
    ):
        apart(day)
    with checks.check(ROOM, "the site's own list: in, and nothing of the day is left") as said:
        said.append(day.stage.must(day.listed).strip().splitlines()[-1])
        if day.keys is not None:
            day.stage.must(day.keys)
        found = day.stage.ldap(
            "directory/l", "ldapsearch", "-LLL", "-b", day.base, "(dicomDescription=dicom-cdk: *)"
        ).stdout
        expect(("MR_NORTH" not in found and "RIS|NORTH" not in found) or _lists_them(day), "the day's devices stayed")


def _lists_them(day: "Day") -> bool:
    """Whether the site itself names what the day does."""
    text = b"".join(handed(day.stage.site).values())
    return b"MR_NORTH" in text or b"RIS|NORTH" in text
