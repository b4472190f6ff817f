"""What a comparison reads of a DICOM file, against pydicom's files."""

import importlib.util
import sys
from types import ModuleType

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLosslessSV1

from dicom_cdk import shipped
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image


@pytest.fixture(scope="module")
def read() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dicom_file", shipped.path("assets/drill/dicom_file.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def with_icon(made: Dataset) -> Dataset:
    """An icon has pixel data of its own, in a sequence before the image's."""
    icon = Dataset()
    icon.Rows = icon.Columns = 4
    icon.PixelData = b"\x07" * 16
    icon["PixelData"].VR = "OB"
    made.IconImageSequence = Sequence([icon])
    made["IconImageSequence"].is_undefined_length = True
    return made


def test_pixel_data_is_found_behind_an_icon_s(read: ModuleType) -> None:
    made = with_icon(image("A"))
    assert read.pixel_data(as_file(made))[12:] == made.PixelData


def test_implicit_files_are_read(read: ModuleType) -> None:
    made = with_icon(image("A"))
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    assert read.pixel_data(as_file(made))[8:] == made.PixelData


def test_fragments_are_read_to_the_end_of_their_sequence(read: ModuleType) -> None:
    made = image("A")
    made.file_meta.TransferSyntaxUID = JPEGLosslessSV1
    made.PixelData = encapsulate([b"\x01" * 30, b"\x02" * 20])
    made["PixelData"].is_undefined_length = True
    made.DataSetTrailingPadding = b"\0\0"
    found = read.pixel_data(as_file(made))
    assert found.endswith(b"\x02" * 20 + b"\xfe\xff\xdd\xe0" + bytes(4))


def test_attributes_before_it_change_nothing(read: ModuleType) -> None:
    one, other = image("A"), image("B")
    assert read.pixel_data(as_file(one)) == read.pixel_data(as_file(other))


def test_a_file_without_pixels_has_none(read: ModuleType) -> None:
    made = image("A")
    del made.PixelData
    assert read.pixel_data(as_file(made)) == b""


@pytest.mark.parametrize("keep", [100, 200, -3])
def test_a_cut_file_is_no_dicom_file(read: ModuleType, keep: int) -> None:
    with pytest.raises(read.NotDicom, match=r"no DICM at byte 128|ends (at|inside)"):
        read.pixel_data(as_file(image("A"))[:keep])


def test_a_deflated_file_is_said_to_be_not_comparable(read: ModuleType) -> None:
    made = image("A")
    made.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    with pytest.raises(read.NotDicom, match=r"transfer syntax 1\.2\.840\.10008\.1\.2\.1\.99 is not read here"):
        read.pixel_data(as_file(made))
