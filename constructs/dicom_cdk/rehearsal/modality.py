"""A modality: sends an image by C-STORE as an imaging device does (DICOM PS3.4 annex B)."""

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE

from dicom_cdk.rehearsal.checks import expect


def send(dataset: Dataset, address: str, port: int, ae_title: str) -> None:
    """C-ECHO, then C-STORE of `dataset`; raises Expected when either is refused."""
    entity = AE(ae_title="MODALITY")
    entity.add_requested_context("1.2.840.10008.1.1")
    entity.add_requested_context(dataset.SOPClassUID, ExplicitVRLittleEndian)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 20
    association = entity.associate(address, port, ae_title=ae_title)
    expect(association.is_established, f"no association with {ae_title} at {address}:{port}")
    try:
        for name, status in (("C-ECHO", association.send_c_echo()), ("C-STORE", association.send_c_store(dataset))):
            code = getattr(status, "Status", None)
            expect(code == 0, f"{name} was answered with status {code}")
    finally:
        association.release()
