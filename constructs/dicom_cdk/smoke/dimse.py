"""The modality's side by DIMSE (DICOM PS3.4, PS3.7): C-ECHO, C-STORE, C-FIND, C-MOVE."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.association import Association

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.smoke_study import PATIENT, STUDY, differences, study

ROOM = "dimse"
VERIFICATION = UID("1.2.840.10008.1.1")
STUDY_ROOT_FIND, STUDY_ROOT_MOVE = UID("1.2.840.10008.5.1.4.1.2.2.1"), UID("1.2.840.10008.5.1.4.1.2.2.2")
"""SOP classes (PS3.6 annex A)."""
PENDING = (0xFF00, 0xFF01)


@dataclass(frozen=True)
class Modality:
    """Who calls whom. `port`: where moved images are received, 0 for nowhere."""

    archive: DimsePeer
    called: str
    calling: str
    port: int
    timeout: float


def check(checks: Checks, modality: Modality, *, stores: bool) -> None:
    """All four services; without an answer to C-ECHO the rest is skipped."""
    try:
        with checks.check(ROOM, f"C-ECHO to {modality.called}"), _associated(modality, VERIFICATION) as association:
            _success(association.send_c_echo(), "C-ECHO")
    except RoomFailed:
        checks.skip(ROOM, "C-STORE, C-FIND, C-MOVE", "no answer to C-ECHO")
        return
    with suppress(RoomFailed):
        if stores:
            with checks.check(ROOM, "C-STORE of one image"), _associated(modality, CTImageStorage) as association:
                _success(association.send_c_store(study()), "C-STORE")
        else:
            checks.skip(ROOM, "C-STORE", "--read-only")
        with checks.check(ROOM, "C-FIND by PatientID") as said:
            said.append(_find(modality, stored=stores))
        if modality.port and stores:
            with checks.check(ROOM, f"C-MOVE to {modality.calling}: received as sent"):
                _move(modality)
        else:
            why = (
                "--read-only" if not stores else "no --listen PORT; the archive must know this AE title at this address"
            )
            checks.skip(ROOM, "C-MOVE", why)


@contextmanager
def _associated(modality: Modality, sop_class: str) -> Iterator[Association]:
    entity = AE(ae_title=modality.calling)
    entity.add_requested_context(sop_class, ExplicitVRLittleEndian)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = modality.timeout
    peer = modality.archive
    association = entity.associate(peer.host, peer.port, ae_title=modality.called)
    if not association.is_established:
        rejected = "it rejected the association (unknown AE title?)" if association.is_rejected else "no DICOM answer"
        raise Expected(f"{modality.called} at {peer.host}:{peer.port}: {rejected}")
    try:
        expect(bool(association.accepted_contexts), f"{modality.called} does not offer this service")
        yield association
    finally:
        if association.is_established:
            association.release()


def _find(modality: Modality, *, stored: bool) -> str:
    query = Dataset()
    query.QueryRetrieveLevel, query.PatientID, query.StudyInstanceUID = "STUDY", PATIENT, ""
    with _associated(modality, STUDY_ROOT_FIND) as association:
        found = []
        for status, identifier in association.send_c_find(query, STUDY_ROOT_FIND):
            _success(status, "C-FIND", *PENDING)
            if identifier is not None:
                found.append(str(identifier.get("StudyInstanceUID", "")))
    expect(set(found) <= {STUDY}, f"PatientID {PATIENT} finds {found}")
    expect(found == [STUDY] or not stored, f"what was stored is not found: {found}")
    return f"{len(found)} found"


def _move(modality: Modality) -> None:
    received: list[Dataset] = []

    def take(event: evt.Event) -> int:
        received.append(event.dataset)
        return 0

    receiver = AE(ae_title=modality.calling)
    receiver.add_supported_context(CTImageStorage, ExplicitVRLittleEndian)
    try:
        server = receiver.start_server(("", modality.port), block=False, evt_handlers=[(evt.EVT_C_STORE, take)])
    except OSError as error:
        raise Expected(
            f"port {modality.port} cannot be listened on: {error.strerror}; choose another --listen"
        ) from None
    assert server is not None
    try:
        query = Dataset()
        query.QueryRetrieveLevel, query.StudyInstanceUID = "STUDY", STUDY
        with _associated(modality, STUDY_ROOT_MOVE) as association:
            for status, _ in association.send_c_move(query, modality.calling, STUDY_ROOT_MOVE):
                _success(status, "C-MOVE", *PENDING)
    finally:
        server.shutdown()
    expect(len(received) == 1, f"{len(received)} images were received, allowed is one")
    changed = differences(study(), received[0])
    expect(changed == [], f"received with changes: {', '.join(changed)}")


def _success(status: Dataset, service: str, *pending: int) -> None:
    code = getattr(status, "Status", None)
    expect(code is not None, f"{service}: no answer in time, or the connection broke")
    comment = f": {status.ErrorComment}" if "ErrorComment" in status else ""
    expect(code in (0, *pending), f"{service} was answered with status 0x{code:04X}{comment}")
