"""The modality's side by DIMSE (DICOM PS3.4, PS3.7): C-ECHO, C-STORE, C-FIND, C-MOVE."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.association import Association

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.smoke_study import PATIENT, STUDY, differences, study

ROOM = "dimse"
VERIFICATION = UID("1.2.840.10008.1.1")
STUDY_ROOT_FIND, STUDY_ROOT_MOVE = UID("1.2.840.10008.5.1.4.1.2.2.1"), UID("1.2.840.10008.5.1.4.1.2.2.2")
"""SOP classes (PS3.6 annex A)."""
TRANSFER_SYNTAXES = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
"""Implicit is the default that every entity takes (PS3.5 10.1); archives may take nothing else for what carries no image."""
NO_TRANSFER_SYNTAX = 4
"""Result of a presentation context (PS3.8 table 9-18)."""
PENDING = (0xFF00, 0xFF01)
STORED_WITH_WARNING = {
    0xB000: "coercion of data elements",
    0xB006: "elements discarded",
    0xB007: "data set does not match SOP class",
}
"""PS3.4 table B.2-1."""
HINTS = {
    ("C-STORE", 0xA700): "the archive has no room or its storage refuses (OSS away, key or signature version)",
    ("C-MOVE", 0xA801): "the archive does not know this AE title; register it with this host and port",
    ("C-MOVE", 0xB000): "it could not send here: a firewall, or another host or port is registered",
}
"""What a status most often comes from."""


@dataclass(frozen=True)
class Modality:
    """Who calls whom. `port`: where moved images are received, 0 for nowhere."""

    archive: DimsePeer
    called: str
    calling: str
    port: int
    timeout: float


def check(checks: Checks, modality: Modality, *, stores: bool) -> None:
    """All four services, each though another failed; without an answer to C-ECHO the rest is skipped."""
    try:
        with checks.check(ROOM, f"C-ECHO to {modality.called}"), _associated(modality, VERIFICATION) as association:
            _success(association.send_c_echo(), "C-ECHO")
    except RoomFailed:
        checks.skip(ROOM, "C-STORE, C-FIND, C-MOVE", "C-ECHO failed")
        return
    stored = False
    if stores:
        with suppress(RoomFailed):
            with checks.check(ROOM, "C-STORE of one image") as said:
                said.extend(_store(modality))
            stored = True
    else:
        checks.skip(ROOM, "C-STORE", "--read-only")
    with suppress(RoomFailed), checks.check(ROOM, "C-FIND by PatientID") as said:
        said.append(_find(modality, stored=stored))
    if modality.port and stored:
        with suppress(RoomFailed), checks.check(ROOM, f"C-MOVE to {modality.calling}: received as sent"):
            _move(modality)
    elif not stores:
        checks.skip(ROOM, "C-MOVE", "--read-only")
    elif not modality.port:
        checks.skip(ROOM, "C-MOVE", "no --listen PORT; the archive must know this AE title at this address")
    else:
        checks.skip(ROOM, "C-MOVE", "nothing was stored")


@contextmanager
def _associated(modality: Modality, sop_class: UID) -> Iterator[Association]:
    entity = AE(ae_title=modality.calling)
    entity.add_requested_context(sop_class, TRANSFER_SYNTAXES)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = modality.timeout
    connected: list[evt.Event] = []
    peer = modality.archive
    # A peer that rejects and hangs up at once can be taken for one that only hangs up: its word is asked for again.
    for _ in range(2):
        association = entity.associate(
            peer.host, peer.port, ae_title=modality.called, evt_handlers=[(evt.EVT_CONN_OPEN, connected.append)]
        )
        if not connected or association.is_established or association.is_rejected or association.rejected_contexts:
            break
    if not association.is_established:
        said = _refusal(association, sop_class, connected=bool(connected), calling=modality.calling)
        raise Expected(f"{modality.called} at {peer.host}:{peer.port}: {said}")
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def refused(modality: Modality) -> str:
    """What the archive says to a caller that it must not let in. Raises Expected where it does, or where nobody listens."""
    try:
        with _associated(modality, VERIFICATION):
            pass
    except Expected as refusal:
        if "it rejected the association" in str(refusal) and "Called AE title" not in str(refusal):
            return str(refusal).rpartition(": ")[2]
        # A network that lets nobody through is as good.
        if "no connection" in str(refusal):
            return "no connection"
        raise
    raise Expected(f"{modality.called} lets in whoever calls itself {modality.calling}; does the list's step end well?")


def _refusal(association: Association, sop_class: UID, *, connected: bool, calling: str) -> str:
    """Why there is no association: nobody there, rejected (PS3.8 9.3.4), or no presentation context (PS3.8 9.3.3.2)."""
    if not connected:
        return "no connection: nothing listens there, or a firewall is in between"
    if association.is_rejected:
        answer = association.acceptor.primitive
        reason = answer.reason_str if answer is not None else ""
        return f"it rejected the association: {reason or 'without a reason'} (calling AE title {calling})"
    results = {context.result for context in association.rejected_contexts}
    if NO_TRANSFER_SYNTAX in results:
        names = " or ".join(syntax.name for syntax in TRANSFER_SYNTAXES)
        return f"no common transfer syntax for {sop_class.name}: it takes neither {names}".replace(" or ", " nor ")
    if results:
        return f"it does not offer {sop_class.name} to {calling}"
    return "no DICOM answer: another service, or DICOM over TLS, which smoke does not speak (plain: 11112)"


def _store(modality: Modality) -> list[str]:
    """Warnings are successes: the image is stored (PS3.4 table B.2-1)."""
    with _associated(modality, CTImageStorage) as association:
        code = _success(association.send_c_store(study()), "C-STORE", *STORED_WITH_WARNING)
    return [f"stored with warning 0x{code:04X}: {STORED_WITH_WARNING[code]}"] if code else []


def found_by(modality: Modality, model: UID, query: Dataset) -> list[Dataset]:
    """C-FIND by a model: what it finds. Raises Expected."""
    with _associated(modality, model) as association:
        found = []
        for status, identifier in association.send_c_find(query, model):
            _success(status, "C-FIND", *PENDING)
            if identifier is not None:
                found.append(identifier)
    return found


def _find(modality: Modality, *, stored: bool) -> str:
    query = Dataset()
    query.QueryRetrieveLevel, query.PatientID, query.StudyInstanceUID = "STUDY", PATIENT, ""
    found = [str(one.get("StudyInstanceUID", "")) for one in found_by(modality, STUDY_ROOT_FIND, query)]
    expect(set(found) <= {STUDY}, f"PatientID {PATIENT} finds {found}")
    expect(found == [STUDY] or not stored, f"what was stored is not found: {found}")
    return f"{len(found)} found"


def _move(modality: Modality) -> None:
    received: list[Dataset] = []

    def take(event: evt.Event) -> int:
        received.append(event.dataset)
        return 0

    receiver = AE(ae_title=modality.calling)
    receiver.add_supported_context(CTImageStorage, TRANSFER_SYNTAXES)
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


def _success(status: Dataset, service: str, *also: int) -> int:
    """The status; 0 and `also` are successes. Raises Expected."""
    code = getattr(status, "Status", None)
    if code is None:
        raise Expected(f"{service}: no answer in time, or the connection broke")
    comment = f": {status.ErrorComment}" if "ErrorComment" in status else ""
    hint = f"; {HINTS[service, code]}" if (service, code) in HINTS else ""
    expect(code in (0, *also), f"{service} was answered with status 0x{code:04X}{comment}{hint}")
    return int(code)
