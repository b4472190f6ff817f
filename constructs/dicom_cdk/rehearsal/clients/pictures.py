"""Images whose picture can be told on a screen: eight by eight squares, bright or dark, in a bright frame."""

import hashlib
from collections.abc import Sequence
from io import BytesIO

import pydicom
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, MRImageStorage, UltrasoundMultiFrameImageStorage, generate_uid

from dicom_cdk.rehearsal.clients.dicom_objects import image

SQUARES = 8
ROWS = 128
BRIGHT = 2000
"""Of a CT or MR; its window is drawn so that half of it is the middle of grey."""


def squares(name: str) -> str:
    """A picture of its own for each name: its squares row by row, 1 for bright; the outer ones are."""
    bits = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    last = SQUARES - 1
    return "".join(
        "1" if row in (0, last) or column in (0, last) else str(bits >> (row * SQUARES + column) & 1)
        for row in range(SQUARES)
        for column in range(SQUARES)
    )


def computed_tomography(patient: str, slices: int = 1) -> list[Dataset]:
    """A series with the same picture in every slice, as deep as it is wide."""
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    made = []
    for number in range(slices):
        one = _drawn(patient, squares(patient), study)
        one.SeriesInstanceUID, one.FrameOfReferenceUID = series, frame
        one.InstanceNumber = number + 1
        one.ImagePositionPatient = [0, 0, number * ROWS / slices]
        one.SliceThickness = ROWS / slices
        made.append(one)
    return made


def magnetic_resonance(patient: str) -> Dataset:
    made = _drawn(patient, squares(patient))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = MRImageStorage
    made.Modality = "MR"
    return made


def multi_frame(patient: str, frames: Sequence[str]) -> Dataset:
    """Ultrasound, 8 bits, a picture for each of `frames`."""
    made = _drawn(patient, squares(patient))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    made.Modality, made.NumberOfFrames, made.FrameTime = "US", len(frames), 40
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.WindowCenter, made.WindowWidth = 7, 128, 256
    made.PixelData = b"".join(_octets(one, 255, 1) for one in frames)
    for name in ("RescaleSlope", "RescaleIntercept", "SliceThickness"):
        delattr(made, name)
    return made


def compressed(patient: str) -> Dataset:
    """A CT image by JPEG 2000, without loss."""
    made = _drawn(patient, squares(patient))
    stream = BytesIO()
    Image.frombytes("I;16", (ROWS, ROWS), made.PixelData).save(stream, "JPEG2000", irreversible=False, no_jp2=True)
    made.PixelData = encapsulate([stream.getvalue()])
    made["PixelData"].VR = "OB"
    made.file_meta.TransferSyntaxUID = JPEG2000Lossless
    return made


def _drawn(patient: str, picture: str, study: str | None = None) -> Dataset:
    """What viewers need of an image, beside `image`'s."""
    made = image(patient, rows=ROWS)
    made.StudyInstanceUID = study or pydicom.uid.generate_uid()
    made.PixelData = _octets(picture, BRIGHT, 2)
    made.StudyDate, made.StudyTime, made.StudyID, made.AccessionNumber, made.PatientSex = (
        "20260101",
        "120000",
        "1",
        "1",
        "O",
    )
    made.StudyDescription, made.SeriesDescription = f"{patient} study", f"{patient} series"
    made.SeriesNumber = made.InstanceNumber = made.SliceThickness = made.RescaleSlope = 1
    made.ImagePositionPatient, made.ImageOrientationPatient, made.PixelSpacing = [0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1]
    made.FrameOfReferenceUID, made.RescaleIntercept = generate_uid(), 0
    made.WindowCenter, made.WindowWidth = BRIGHT / 2, BRIGHT
    return made


def _octets(picture: str, bright: int, size: int) -> bytes:
    """Pixels of ROWS × ROWS, `size` octets each, the smallest first."""
    side, rows = ROWS // SQUARES, []
    for row in range(SQUARES):
        bits = picture[row * SQUARES : (row + 1) * SQUARES]
        rows.append(b"".join((bright * int(bit)).to_bytes(size, "little") * side for bit in bits) * side)
    return b"".join(rows)
