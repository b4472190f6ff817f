"""DICOM objects made up for rehearsals: images of no patient, of any size."""

from collections.abc import Callable
from io import BytesIO

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid


def image(patient: str, rows: int = 16) -> Dataset:
    """A CT image of noise-free pixels; rows² × 2 bytes."""
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, generate_uid()
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientID, made.PatientName, made.Modality = patient, f"DOE^{patient}", "CT"
    made.Rows = made.Columns = rows
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, 0
    made.PixelData = bytes(range(256)) * (rows * rows * 2 // 256)
    made.preamble = bytes(128)
    made.file_meta = FileMetaDataset()
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return made


def as_file(dataset: Dataset) -> bytes:
    stream = BytesIO()
    pydicom.dcmwrite(stream, dataset, enforce_file_format=True)
    return stream.getvalue()


def padded_to(size: int, wrap: Callable[[bytes], bytes], dataset: Dataset) -> bytes:
    """`dataset` padded by DataSetTrailingPadding until `wrap` of its file has exactly `size` bytes (PS3.10 7.2)."""
    dataset.DataSetTrailingPadding = b""
    dataset["DataSetTrailingPadding"].VR = "OB"
    missing = size - len(wrap(as_file(dataset)))
    dataset.DataSetTrailingPadding = bytes(missing)
    body = wrap(as_file(dataset))
    assert len(body) == size, "values have even lengths in DICOM: so must the padding"
    return body


def dataset_bytes(file: bytes) -> bytes:
    """A DICOM file without preamble and file meta information, which each application writes anew (PS3.10 7.1)."""
    # Prefix DICM, then (0002,0000) UL: the length of what of the meta information follows it.
    length = int.from_bytes(file[140:144], "little")
    return file[144 + length :]
