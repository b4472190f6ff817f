"""What a modality's day asks of the archive in several places: certificates over TLS, tenants' marks, AE titles apart."""

from functools import partial

from pydicom.uid import CTImageStorage
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.clients.dicom_objects import image
from dicom_cdk.rehearsal.clients.dimse_requests import ok, refusal, store, study_move, study_query, unable
from dicom_cdk.rehearsal.clients.modality_day import BALANCER, CT, SENDER, TENANT, Day
from dicom_cdk.rehearsal.machines import certificates


def refused_ones(day: Day) -> dict[str, certificates.Certified]:
    return {"a stranger's": certificates.authority("stranger"), "an expired": certificates.expired("pacs", day.south)}


def hl7_over_tls(day: Day, port: int) -> None:
    expect(acknowledged(day, port, day.sender) == "AA", f"the patient was not taken at port {port}")
    expect(acknowledged(day, port, day.sender, "SOUTH") == "AR", f"another sender was let in at port {port}")
    for kind, other in {**refused_ones(day), "no": None}.items():
        expect(acknowledged(day, port, other) == "", f"{kind} certificate is let in at port {port}")


def acknowledged(day: Day, port: int, own: certificates.Certified | None, facility: str = "NORTH") -> str:
    """The code of a patient's message over TLS; "" where the connection is refused."""
    try:
        context = certificates.context(own, day.archive.certificate, server=False)
        return day.send("RIS", facility, "ADT^A04", port=port, context=context)
    except Expected:
        return ""


def marked(day: Day) -> None:
    archive, studies = (BALANCER, 11112), {}
    day.mark([(day.title, False), (TENANT, True)])
    for title in (day.title, TENANT):
        one = image(f"MARKED_{title}")
        studies[title] = str(one.StudyInstanceUID)
        left = [one]
        day.north_device.call(archive, title, CTImageStorage, partial(store, left=left))
        expect(left == [], f"{title} did not take an object")

    def found(title: str) -> list[str]:
        asked = {"unmarked": str(day.study), **studies}
        return [
            name
            for name, study in asked.items()
            if day.north_device.call(archive, title, StudyRootQueryRetrieveInformationModelFind, study_query(study))
        ]

    expect(found(TENANT) == ["unmarked", TENANT], f"the tenant finds {found(TENANT)}")
    expect(found(day.title) == ["unmarked", day.title, TENANT], f"the site's own AE title finds {found(day.title)}")
    code = day.north_device.call(
        archive, TENANT, StudyRootQueryRetrieveInformationModelMove, study_move(studies[day.title], "CT_NORTH")
    )
    expect(code == 0 and not day.north_device.received, "the tenant was sent what is not its own")
    day.mark([])


def apart(day: Day) -> None:
    north, archive, titles = day.north_device, (BALANCER, 11112), {"store_ae_title": "STORE", "query_ae_title": "QUERY"}
    find, stored = StudyRootQueryRetrieveInformationModelFind, image("APART")
    for may, its, others in ((["store"], "STORE", "QUERY"), (["query", "retrieve"], "QUERY", "STORE")):
        said = day.apply([{**CT, "may": may}, *day.devices[1:]], [SENDER], **titles)
        expect(any(f"AE title {its} takes calls of" in line for line in said), f"it did {said}")
        for title in (others, day.title, "AS_RECEIVED"):
            expect("Calling AE title not recognised" in refusal(north, archive, title), f"{may} is let in at {title}")
        north.call(archive, its, Verification, lambda association: ok(association.send_c_echo()))
        if may == ["store"]:
            left = [stored]
            north.call(archive, its, CTImageStorage, partial(store, left=left))
            expect(left == [], f"{its} did not take an image")
            expect("no association" in unable(north, archive, its, find), f"{its} answers queries")
        else:
            found = north.call(archive, its, find, study_query(str(stored.StudyInstanceUID)))
            expect(len(found) == 1, f"{its} does not find what STORE took")
            expect("no association" in unable(north, archive, its, CTImageStorage), f"{its} takes images")
    said = day.apply(day.devices, [SENDER])
    expect({f"removed AE title {one} of the archive" for one in titles.values()} <= set(said), f"it did {said}")
    north.call(archive, day.title, Verification, lambda association: ok(association.send_c_echo()))
