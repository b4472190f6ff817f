"""The one study that smoke tests store: always the same, so that many runs leave one, and of nobody."""

from pydicom.dataset import Dataset
from pydicom.uid import UID

from dicom_cdk.rehearsal.clients.dicom_objects import image

PATIENT = "DICOM-CDK-SMOKE"
STUDY = UID("2.25.151033428127014520571402431231894063401")
SERIES = UID("2.25.151033428127014520571402431231894063402")
INSTANCE = UID("2.25.151033428127014520571402431231894063403")
"""UUID-derived (PS3.5 B.2), made once for this purpose."""


def study() -> Dataset:
    """A CT image of 32 × 32 pixels."""
    made = image(PATIENT, rows=32)
    made.StudyInstanceUID, made.SeriesInstanceUID = STUDY, SERIES
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = INSTANCE
    made.StudyDescription = "dicom-cdk smoke test, no patient"
    return made


def differences(sent: Dataset, found: Dataset) -> list[str]:
    """What of the sent data set came back changed or not at all; archives may add."""
    changed = [
        element.keyword or str(element.tag)
        for element in sent
        if element.tag not in found or found[element.tag].value != element.value
    ]
    return sorted(changed)
