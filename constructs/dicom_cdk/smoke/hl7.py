"""A hospital system's side by HL7 v2 over MLLP: a patient, an order, its place in the worklist, and that strangers are refused.

Always the same patient and order, of nobody; the order is cancelled at the end, so that many runs leave one patient.
"""

import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_hex

from pydicom.dataset import Dataset
from pydicom.uid import UID

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.dimse import Modality, found_by

ROOM = "hl7"
BEGIN, END = b"\x0b", b"\x1c\x0d"
"""What frames a message (HL7 v2, transport: minimal lower layer protocol)."""
PATIENT, ISSUER, ACCESSION = "DICOMCDK-HL7", "DICOMCDK", "DICOMCDK1"
STUDY = "1.2.826.0.1.3680043.8.498.1.18"
STATION = "DICOMCDK"
WORKLIST_FIND = UID("1.2.840.10008.5.1.4.31")
"""Modality Worklist Information Model, FIND (PS3.6 annex A)."""
WHEN = "20260101120000"
STRANGER = ("DICOMCDK-NOBODY", "NOWHERE")
MEANINGS = {
    "AE": "the archive could not use it",
    "AR": "the archive does not take it from this application",
    "CE": "the archive could not use it",
    "CR": "the archive does not take it from this application",
}
"""Acknowledgement codes that are no success (HL7 table 0008)."""


@dataclass(frozen=True)
class Partner:
    """Who sends where. `context`: for HL7 over TLS, else None."""

    archive: DimsePeer
    application: str
    facility: str
    timeout: float
    context: ssl.SSLContext | None = None


def check(checks: Checks, partner: Partner, *, worklist: Modality | None, closed: bool) -> None:
    """Each though another failed. `worklist`: whom to ask for the order. `closed`: whether the site lists its partners."""
    with suppress(RoomFailed), checks.check(ROOM, f"ADT^A04 of {partner.application}|{partner.facility} is taken"):
        _taken(partner, adt(partner))
    ordered = False
    with suppress(RoomFailed):
        with checks.check(ROOM, "OMI^O23 makes an order"):
            _taken(partner, order(partner, "NW"))
        ordered = True
    if worklist is None:
        checks.skip(ROOM, "the order in the worklist", "no --dimse HOST:PORT")
    elif ordered:
        with suppress(RoomFailed), checks.check(ROOM, f"the worklist of {worklist.called} has it") as said:
            found = found_by(worklist, WORKLIST_FIND, worklist_query())
            numbers = [str(one.get("AccessionNumber", "")) for one in found]
            expect(numbers == [ACCESSION], f"AccessionNumber {ACCESSION} finds {numbers}")
            said.append(f"station {_station(found[0])}")
    if ordered:
        with suppress(RoomFailed), checks.check(ROOM, "OMI^O23 cancels it"):
            _taken(partner, order(partner, "CA"))
    if not closed:
        checks.skip(
            ROOM, "an application that is not listed", "the site lists no partners: everybody's messages are taken"
        )
        return
    with suppress(RoomFailed), checks.check(ROOM, f"{'|'.join(STRANGER)} is refused") as said:
        stranger = Partner(partner.archive, *STRANGER, partner.timeout, partner.context)
        said.append(_refused(stranger))


def adt(partner: Partner) -> str:
    """A patient's registration."""
    return _message(
        partner, "ADT^A04^ADT_A01", f"EVN||{WHEN}", f"PID|||{PATIENT}^^^{ISSUER}||SMOKE^TEST||19000101|O", "PV1||U"
    )


def order(partner: Partner, control: str) -> str:
    """An imaging order, or with `control` CA its end."""
    return _message(
        partner,
        "OMI^O23^OMI_O23",
        f"PID|||{PATIENT}^^^{ISSUER}||SMOKE^TEST||19000101|O",
        "PV1||U",
        f"ORC|{control}|{ACCESSION}^DICOMCDK|{ACCESSION}^DICOMCDK||||||{WHEN}",
        f"TQ1|1||||||{WHEN}",
        f"OBR|1|{ACCESSION}^DICOMCDK|{ACCESSION}^DICOMCDK|SMOKE^Smoke test^DICOMCDK|||||||||||||||||||||||||||||||||||||||||SMOKE",
        f"IPC|{ACCESSION}|{ACCESSION}|{STUDY}|{ACCESSION}|CT||{STATION}||{STATION}",
    )


def worklist_query() -> Dataset:
    """By the order's accession number."""
    query, step = Dataset(), Dataset()
    query.AccessionNumber, query.PatientID, query.StudyInstanceUID = ACCESSION, "", ""
    step.ScheduledStationAETitle = step.ScheduledProcedureStepID = step.Modality = ""
    query.ScheduledProcedureStepSequence = [step]
    return query


def send(partner: Partner, message: str) -> tuple[str, str]:
    """Code and text of the acknowledgement. Raises Expected."""
    where = f"{partner.archive.host}:{partner.archive.port}"
    try:
        with socket.create_connection((partner.archive.host, partner.archive.port), partner.timeout) as plain:
            plain.settimeout(partner.timeout)
            if partner.context is None:
                answer = _asked(plain, message)
            else:
                with partner.context.wrap_socket(plain, server_hostname=partner.archive.host) as secure:
                    answer = _asked(secure, message)
    except ssl.SSLError as error:
        raise Expected(f"{where}: TLS failed: {error.reason}; the archive trusts listed certificates only") from None
    except OSError as error:
        raise Expected(
            f"{where}: {error.strerror or type(error).__name__}; is this address a listed partner's?"
        ) from None
    segments = [line.split("|") for line in answer.decode("utf-8", errors="replace").split("\r")]
    found = [fields for fields in segments if fields[0] == "MSA" and len(fields) > 2]
    if not found or found[0][2] != message.split("|")[9]:
        raise Expected(f"{where}: no acknowledgement of this message")
    return found[0][1], found[0][3] if len(found[0]) > 3 else ""


def _asked(connection: socket.socket, message: str) -> bytes:
    connection.sendall(BEGIN + message.encode() + END)
    answer = b""
    while not answer.endswith(END):
        block = connection.recv(65536)
        if not block:
            raise ConnectionAbortedError(0, "the connection ended before an acknowledgement")
        answer += block
    return answer[len(BEGIN) : -len(END)]


def _taken(partner: Partner, message: str) -> None:
    code, text = send(partner, message)
    more = f": {text}" if text else ""
    expect(code in ("AA", "CA"), f"answered {code}, {MEANINGS.get(code, 'no code of HL7')}{more}")


def _refused(partner: Partner) -> str:
    code, text = send(partner, adt(partner))
    expect(code in MEANINGS, f"{partner.application} is let in ({code}); does the list's step end well?")
    return text or code


def _message(partner: Partner, kind: str, *segments: str) -> str:
    number = token_hex(8)
    head = f"MSH|^~\\&|{partner.application}|{partner.facility}|DCM4CHEE|DICOM|{WHEN}||{kind}|{number}|P|2.5.1||||||UNICODE UTF-8"
    return "\r".join([head, *segments]) + "\r"


def _station(found: Dataset) -> str:
    steps = found.get("ScheduledProcedureStepSequence") or [Dataset()]
    return str(steps[0].get("ScheduledStationAETitle", "") or "of nobody")
