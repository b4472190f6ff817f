"""Stands for an archive's DICOM and HL7 ports: one of several that share images, worklist and directory (facts: archive 3, 4).

As the real one: an AE title that is not its own is refused; so is, where the directory says so, a caller that it does not know or
that comes from another address than the directory's; an AE title does what its transfer capabilities say; over TLS who has no
certificate that it trusts. An object that it has already is not kept twice. C-MOVE goes to known AE titles only (0xA801 else),
reports of commitment go out on an association of their own, a worklist item that a step was begun for is not offered any more. A
study has the mark of the AE title that its first object came in at (access control id), and is found and sent at AE titles that
see that mark; without one at all. It reads the directory at each association; the real one within five minutes or by a reload.

Run as a program with a JSON file: `address`, `folder` (shared), `directory` (arguments of directory.known), `certificate`
and `trust` (PEM; without them no TLS). Says `ready` once it listens. `folder/die-after`: number of stores after which it is killed
before it answers, once.

Over 200 lines: one service of DIMSE, a method a message; what archives share is `shared`'s.
"""

import json
import os
import signal
import ssl
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    ModalityPerformedProcedureStep,
    ModalityWorklistInformationFind,
    StorageCommitmentPushModel,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    Verification,
)

from dicom_cdk.rehearsal.archive import directory as archive_directory
from dicom_cdk.rehearsal.archive import hl7 as archive_hl7
from dicom_cdk.rehearsal.archive.shared import UNMARKED, Shared

PLAIN, TLS, HL7, HL7_TLS = 11112, 2762, 2575, 12575
UNKNOWN_CALLER = "?"
IMAGES = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
IMPLICIT_ONLY = (
    Verification,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelMove,
    ModalityWorklistInformationFind,
    ModalityPerformedProcedureStep,
    StorageCommitmentPushModel,
)
"""What the archive's default configuration offers Implicit VR for alone."""


class Node:
    """One archive."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given, self.shared = given, Shared(Path(given["folder"]))
        self.entity = AE()
        for sop_class in IMPLICIT_ONLY:
            self.entity.add_supported_context(sop_class, [ImplicitVRLittleEndian])
        self.entity.add_supported_context(CTImageStorage, list(IMAGES))
        for syntax in IMAGES:
            # C-MOVE sends each object as it is kept.
            self.entity.add_requested_context(CTImageStorage, [syntax])
        self.entity.require_called_aet = True
        self.entity.maximum_associations = 50
        self.entity.acse_timeout = self.entity.dimse_timeout = self.entity.network_timeout = 120
        self.handlers: list[evt.EventHandlerType] = [
            (evt.EVT_REQUESTED, self.asked),
            (evt.EVT_C_STORE, self.store),
            (evt.EVT_C_FIND, self.find),
            (evt.EVT_C_MOVE, self.move),
            (evt.EVT_N_CREATE, self.begin_step),
            (evt.EVT_N_SET, self.end_step),
            (evt.EVT_N_ACTION, self.commit),
        ]

    def known(self) -> archive_directory.Known:
        return archive_directory.known(*self.given["directory"])

    def start(self) -> None:
        address = self.given["address"]
        self.entity.start_server((address, PLAIN), block=False, evt_handlers=self.handlers)
        contexts: list[tuple[int, ssl.SSLContext | None]] = [(HL7, None)]
        if self.given.get("certificate"):
            self.entity.start_server(
                (address, TLS), block=False, evt_handlers=self.handlers, ssl_context=self.context(server=True)
            )
            contexts.append((HL7_TLS, self.context(server=True)))
        for port, context in contexts:
            server = archive_hl7.server(address, port, takes=self.takes, keep=self.told, context=context)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def context(self, *, server: bool) -> ssl.SSLContext:
        """Both sides show a certificate, and each knows the other's."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        made.check_hostname = False
        made.verify_mode = ssl.CERT_REQUIRED
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_cert_chain(self.given["certificate"])
        made.load_verify_locations(self.given["trust"])
        return made

    def asked(self, event: evt.Event) -> None:
        """Whether whoever calls may: a refusal is the protocol's own, for the reason that is his."""
        known, request = self.known(), event.assoc.requestor.primitive
        assert request is not None, "somebody asked"
        calling, called = str(request.calling_ae_title).strip(), str(request.called_ae_title).strip()
        if called in known.titles:
            event.assoc.acceptor.ae_title = called
        event.assoc.acceptor.supported_contexts = known.served(called, self.entity.supported_contexts)
        address = known.devices.get(calling, ("", 0, False))[0]
        everybody = sorted(known.devices) if known.asks_who else []
        self.entity.require_calling_aet = sorted(known.accepts.get(called, everybody))
        if known.asks_who and address != event.assoc.requestor.address:
            request.calling_ae_title = UNKNOWN_CALLER

    def store(self, event: evt.Event) -> int:
        mark = self.known().marks.get(_called(event), UNMARKED)
        self.shared.keep(event.dataset, event.context, mark)
        if self.shared.dies_now():
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def find(self, event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        if event.request.AffectedSOPClassUID == ModalityWorklistInformationFind:
            yield from self.worklist(event.identifier)
            return
        for study in sorted({str(one.StudyInstanceUID) for one in self._asked_for(event.identifier, _called(event))}):
            found = Dataset()
            found.QueryRetrieveLevel, found.StudyInstanceUID = "STUDY", study
            found.NumberOfStudyRelatedInstances = len(self.shared.images(StudyInstanceUID=study))
            yield 0xFF00, found

    def worklist(self, query: Dataset) -> Iterator[tuple[int, Dataset]]:
        station = str(query.ScheduledProcedureStepSequence[0].get("ScheduledStationAETitle", ""))
        with self.shared.locked() as lists:
            items = list(lists["worklist"].values())
        for item in items:
            if item["status"] == "SCHEDULED" and station in ("", item["station"]):
                found, step = Dataset(), Dataset()
                found.SpecificCharacterSet = "ISO_IR 192"
                found.AccessionNumber, found.PatientID, found.StudyInstanceUID = (
                    item["accession"],
                    item["patient"],
                    item["study"],
                )
                found.PatientName = item["name"]
                step.ScheduledStationAETitle, step.ScheduledProcedureStepID = item["station"], item["accession"]
                found.ScheduledProcedureStepSequence = [step]
                yield 0xFF00, found

    def _asked_for(self, query: Dataset, called: str) -> list[Dataset]:
        wanted = {name: str(query.get(name, "")) for name in ("PatientID", "StudyInstanceUID")}
        return self.shared.images(self.known().sees.get(called), **wanted)

    def move(self, event: evt.Event) -> Iterator[Any]:
        target = self.known().devices.get(str(event.move_destination).strip())
        if target is None:
            yield None, None
            return
        address, port, tls = target
        more = {"tls_args": (self.context(server=False), address)} if tls else {}
        images = self._asked_for(event.identifier, _called(event))
        yield address, port, more
        yield len(images)
        for one in images:
            yield 0xFF00, one

    def begin_step(self, event: evt.Event) -> tuple[int, Dataset]:
        step = event.attribute_list
        with self.shared.locked() as lists:
            for scheduled in step.ScheduledStepAttributesSequence:
                item = lists["worklist"].get(str(scheduled.AccessionNumber))
                if item:
                    item["status"] = "STARTED"
        step.SOPInstanceUID = getattr(event.request, "AffectedSOPInstanceUID", None) or generate_uid()
        return 0, step

    def end_step(self, event: evt.Event) -> tuple[int, Dataset]:
        return 0, event.modification_list

    def commit(self, event: evt.Event) -> tuple[int, Dataset | None]:
        caller, called = event.assoc.requestor.ae_title.strip(), event.assoc.acceptor.ae_title.strip()
        threading.Thread(target=self.report, args=(event.action_information, caller, called), daemon=True).start()
        return 0, None

    def report(self, asked: Dataset, caller: str, called: str) -> None:
        """On an association of its own, to the address that the directory has."""
        address, port, tls = self.known().devices[caller]
        told = Dataset()
        told.TransactionUID, told.ReferencedSOPSequence, told.FailedSOPSequence = asked.TransactionUID, [], []
        for one in asked.ReferencedSOPSequence:
            there = (self.shared.folder / "images" / f"{one.ReferencedSOPInstanceUID}.dcm").exists()
            (told.ReferencedSOPSequence if there else told.FailedSOPSequence).append(one)
        kind = 2 if told.FailedSOPSequence else 1
        if kind == 1:
            del told.FailedSOPSequence
        entity = AE(ae_title=called)
        entity.add_requested_context(StorageCommitmentPushModel, [ImplicitVRLittleEndian])
        role = build_role(StorageCommitmentPushModel, scp_role=True)
        more: dict[str, Any] = {"tls_args": (self.context(server=False), address)} if tls else {}
        association = entity.associate(address, port, ae_title=caller, ext_neg=[role], **more)
        if association.is_established:
            association.send_n_event_report(told, kind, StorageCommitmentPushModel, UID("1.2.840.10008.1.20.1.1"))
            association.release()

    def takes(self, application: str) -> bool:
        senders = self.known().senders
        return senders is None or application in senders

    def told(self, message: archive_hl7.Segments) -> None:
        """A patient; with an order its place in the worklist, or the end of it."""
        patient, name = message["PID"][3].partition("^")[0], message["PID"][5]
        with self.shared.locked() as lists:
            lists["patients"][patient] = name
            if "ORC" in message:
                accession, study, station = archive_hl7.ordered(message)
                if message["ORC"][1] == "CA":
                    lists["worklist"].pop(accession, None)
                else:
                    lists["worklist"][accession] = {
                        "accession": accession, "patient": patient, "name": name, "study": study, "station": station,
                        "status": "SCHEDULED",
                    }  # fmt: skip


def _called(event: evt.Event) -> str:
    """The AE title of the archive that the association is with."""
    return str(event.assoc.acceptor.ae_title).strip()


if __name__ == "__main__":
    Node(json.loads(Path(sys.argv[1]).read_text())).start()
    print("ready", flush=True)
    threading.Event().wait()
