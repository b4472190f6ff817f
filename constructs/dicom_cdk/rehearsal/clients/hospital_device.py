"""A device of a hospital on a machine of its own: calls an archive, and takes what an archive sends it."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.sop_class import StorageCommitmentPushModel  # type: ignore[attr-defined]

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.rehearsal.machines import certificates
from dicom_cdk.rehearsal.machines.certificates import Certified
from dicom_cdk.rehearsal.machines.network import Network

SECONDS = 120
"""What a refusal never takes, and an answer of a busy machine may."""
Syntaxes = Sequence[UID]


@dataclass
class Device:
    """What it is called, where it stands, what it shows and trusts (both None: no TLS)."""

    network: Network
    machine: str
    address: str
    ae_title: str
    port: int
    own: Certified | None = None
    trusted: str = ""
    received: list[Dataset] = field(default_factory=list)
    reports: list[tuple[int, Dataset]] = field(default_factory=list)
    """Of storage commitment: event type, what is told."""

    def call(self, archive: tuple[str, int], called: str, sop_class: UID, use: Callable[[Association], Any]) -> Any:
        """`use` of an association for `sop_class`, by Implicit VR alone. Raises Expected where it is refused."""

        def inside() -> Any:
            entity = AE(ae_title=self.ae_title)
            entity.add_requested_context(sop_class, [ImplicitVRLittleEndian])
            entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = entity.connection_timeout = SECONDS
            tls = (self.context(server=False), archive[0]) if self.own else None
            association = entity.associate(*archive, ae_title=called, tls_args=tls)
            if not association.is_established:
                answer = association.acceptor.primitive
                why = answer.reason_str if association.is_rejected and answer is not None else "no association"
                raise Expected(f"{called} at {archive[0]}:{archive[1]} refused {self.ae_title}: {why}")
            try:
                return use(association)
            finally:
                if association.is_established:
                    association.release()

        return self.network.inside(self.machine, inside)

    def listen(self) -> Callable[[], None]:
        """Takes images and reports; gives what ends it."""

        def take(event: evt.Event) -> int:
            self.received.append(event.dataset)
            return 0

        def reported(event: evt.Event) -> tuple[int, None]:
            self.reports.append((int(event.event_type or 0), event.event_information))
            return 0, None

        entity = AE(ae_title=self.ae_title)
        entity.add_supported_context(CTImageStorage, [ImplicitVRLittleEndian])
        entity.add_supported_context(
            StorageCommitmentPushModel, [ImplicitVRLittleEndian], scu_role=False, scp_role=True
        )
        handlers: list[evt.EventHandlerType] = [(evt.EVT_C_STORE, take), (evt.EVT_N_EVENT_REPORT, reported)]
        context = self.context(server=True) if self.own else None
        server = self.network.inside(
            self.machine,
            lambda: entity.start_server(
                (self.address, self.port), block=False, evt_handlers=handlers, ssl_context=context
            ),
        )
        assert server is not None, "a server that does not block is returned"
        return entity.shutdown

    def context(self, *, server: bool) -> ssl.SSLContext:
        """Both sides show a certificate."""
        return certificates.context(self.own, self.trusted, server=server)
