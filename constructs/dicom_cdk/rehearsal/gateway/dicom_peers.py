"""DICOM peers as real ones are, which the server behind the gateway is not: it takes every transfer syntax of every service.

The archive's default configuration offers Implicit VR only for Verification and C-FIND; some entities answer C-ECHO and nothing
else; others store and say so with a warning (DICOM PS3.4 table B.2-1).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt

VERIFICATION, STUDY_ROOT_FIND = UID("1.2.840.10008.1.1"), UID("1.2.840.10008.5.1.4.1.2.2.1")
"""SOP classes (PS3.6 annex A)."""
IMPLICIT, EXPLICIT = (ImplicitVRLittleEndian,), (ExplicitVRLittleEndian,)
ARCHIVE_LIKE: Mapping[UID, Sequence[UID]] = {
    VERIFICATION: IMPLICIT,
    STUDY_ROOT_FIND: IMPLICIT,
    CTImageStorage: (*EXPLICIT, *IMPLICIT),
}
ECHO_ONLY: Mapping[UID, Sequence[UID]] = {VERIFICATION: IMPLICIT}
STORED_WITH_WARNING = 0xB000
"""Coercion of data elements: stored."""


@contextmanager
def peer(
    offered: Mapping[UID, Sequence[UID]],
    *,
    store: int = 0,
    calling: str = "",
    address: str = "127.0.0.1",
    ae_title: str = "ARC",
) -> Iterator[int]:
    """A peer that offers these services in these transfer syntaxes, on a free port, which it gives.

    It keeps what it is sent, answers C-STORE with `store`, and finds the study of it. `calling`: the only AE title that it takes.
    """
    kept: list[Dataset] = []

    def keep(event: evt.Event) -> int:
        kept.append(event.dataset)
        return store

    def find(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        wanted = event.identifier.PatientID
        for one in [one for one in kept if one.PatientID == wanted][:1]:
            found = Dataset()
            found.QueryRetrieveLevel, found.StudyInstanceUID = "STUDY", one.StudyInstanceUID
            yield 0xFF00, found

    entity = AE(ae_title=ae_title)
    for sop_class, syntaxes in offered.items():
        entity.add_supported_context(sop_class, list(syntaxes))
    entity.require_called_aet = True
    entity.require_calling_aet = [calling] if calling else []
    handlers: list[evt.EventHandlerType] = [(evt.EVT_C_STORE, keep), (evt.EVT_C_FIND, find)]
    server = entity.start_server((address, 0), block=False, evt_handlers=handlers)
    assert server is not None, "a server that does not block is returned"
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
