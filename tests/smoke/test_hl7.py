"""The HL7 side of smoke against an archive-like receiver on loopback: real MLLP, a worklist by DIMSE."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian
from pynetdicom import AE, evt

from dicom_cdk.rehearsal.checks import Check, Checks
from dicom_cdk.smoke import hl7
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.dimse import Modality

pytestmark = pytest.mark.server


class Silent:
    def begin(self, room: str, name: str) -> None:
        """Nothing."""

    def end(self, check: Check) -> None:
        """Nothing."""


@dataclass
class Receiver:
    """Takes messages of `accepted` (everybody's where it is None), keeps orders until they are cancelled."""

    accepted: set[str] | None = None
    code: str = "AA"
    orders: set[str] = field(default_factory=set)
    patients: list[str] = field(default_factory=list)
    cut: bool = False
    port: int = 0

    def answer(self, message: str) -> str:
        segments = {line.split("|")[0]: line.split("|") for line in message.split("\r") if line}
        head = segments["MSH"]
        sender = f"{head[2]}|{head[3]}"
        code = "AR" if self.accepted is not None and sender not in self.accepted else self.code
        if code == "AA":
            self.patients.append(segments["PID"][5])
            if "IPC" in segments:
                change = self.orders.add if segments["ORC"][1] == "NW" else self.orders.discard
                change(segments["IPC"][1])
        text = "Sending Application not recognised" if code == "AR" else ""
        return f"MSH|^~\\&|||||||ACK|1|P|2.5.1\rMSA|{code}|{head[9]}|{text}\r"


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            said = b""
            while not said.endswith(hl7.END):
                block = self.request.recv(65536)
                if not block:
                    return
                said += block
            if not receiver.cut:
                self.request.sendall(hl7.BEGIN + receiver.answer(said[1:-2].decode()).encode() + hl7.END)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        receiver.port = server.server_address[1]
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def worklist_of(receiver: Receiver) -> Iterator[Modality]:
    def find(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        for number in [one for one in sorted(receiver.orders) if one == event.identifier.AccessionNumber]:
            found, step = Dataset(), Dataset()
            found.AccessionNumber, step.ScheduledStationAETitle = number, hl7.STATION
            found.ScheduledProcedureStepSequence = [step]
            yield 0xFF00, found

    entity = AE(ae_title="WORKLIST")
    entity.add_supported_context(hl7.WORKLIST_FIND, [ImplicitVRLittleEndian])
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, find)])
    assert server is not None
    try:
        yield Modality(DimsePeer("127.0.0.1", server.server_address[1]), "WORKLIST", "DICOMCDK", 0, 20)
    finally:
        server.shutdown()


def verdicts(
    receiver: Receiver, *, worklist: Modality | None = None, closed: bool = True
) -> dict[str, tuple[str, str]]:
    checks = Checks(Silent())
    partner = hl7.Partner(DimsePeer("127.0.0.1", receiver.port), "RIS", "NORTH", 20)
    hl7.check(checks, partner, worklist=worklist, closed=closed)
    assert {one.room for one in checks.done} == {"hl7"}
    return {one.name: (one.verdict, one.said) for one in checks.done}


def test_a_patient_and_an_order_are_taken_found_and_cancelled_and_strangers_are_refused() -> None:
    receiver = Receiver(accepted={"RIS|NORTH"})
    with receiving(receiver), worklist_of(receiver) as worklist:
        said = verdicts(receiver, worklist=worklist)
    assert {verdict for verdict, _ in said.values()} == {"ok"}
    assert said["the worklist of WORKLIST has it"][1] == "station DICOMCDK"
    assert said["DICOMCDK-NOBODY|NOWHERE is refused"][1] == "Sending Application not recognised"
    assert receiver.orders == set(), "the order stays in the worklist"
    assert set(receiver.patients) == {"SMOKE^TEST"}


def test_an_archive_that_takes_everybodys_messages_fails_where_partners_are_listed() -> None:
    with receiving(Receiver()) as receiver:
        said = verdicts(receiver)
        unlisted = verdicts(receiver, closed=False)
    assert said["DICOMCDK-NOBODY|NOWHERE is refused"] == (
        "failed",
        "DICOMCDK-NOBODY is let in (AA); does the list's step end well?",
    )
    assert unlisted["an application that is not listed"][0] == "skipped"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": "AE"}, "answered AE, the archive could not use it"),
        (
            {"accepted": set()},
            "answered AR, the archive does not take it from this application: Sending Application not recognised",
        ),
        ({"cut": True}, "is this address a listed partner's?"),
    ],
)
def test_what_is_refused_is_told_by_its_code_and_text(given: dict[str, Any], said: str) -> None:
    with receiving(Receiver(**given)) as receiver:
        found = verdicts(receiver)
    verdict, text = found["ADT^A04 of RIS|NORTH is taken"]
    assert verdict == "failed"
    assert said in text


def test_an_order_that_does_not_reach_the_worklist_is_told() -> None:
    receiver = Receiver()
    with receiving(receiver), worklist_of(Receiver()) as other:
        verdict, text = verdicts(receiver, worklist=other, closed=False)["the worklist of WORKLIST has it"]
    assert (verdict, text) == ("failed", "AccessionNumber DICOMCDK1 finds []")
