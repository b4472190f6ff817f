"""A modality: sends an image by C-STORE as an imaging device does (DICOM PS3.4 annex B)."""

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE

from dicom_cdk.rehearsal.checks import expect

STORED = (0, 0xB000, 0xB006, 0xB007)
"""Success, and stored with a warning (PS3.4 table B.2-1)."""


def send(dataset: Dataset, address: str, port: int, ae_title: str) -> int:
    """C-ECHO, then C-STORE of `dataset`; its status. Raises Expected when either is refused."""
    entity = AE(ae_title="MODALITY")
    for sop_class in ("1.2.840.10008.1.1", dataset.SOPClassUID):
        # Implicit VR is what every entity takes (PS3.5 10.1).
        entity.add_requested_context(sop_class, [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 20
    association = entity.associate(address, port, ae_title=ae_title)
    expect(association.is_established, f"no association with {ae_title} at {address}:{port}")
    try:
        refused = [str(context.abstract_syntax) for context in association.rejected_contexts]
        expect(not refused, f"{ae_title} does not take {', '.join(refused)}")
        code = getattr(association.send_c_echo(), "Status", None)
        expect(code == 0, f"C-ECHO was answered with status {code}")
        code = getattr(association.send_c_store(dataset), "Status", None)
        expect(code in STORED, f"C-STORE was answered with status {code}")
        return int(code or 0)
    finally:
        association.release()
