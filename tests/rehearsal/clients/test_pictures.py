"""Images whose picture can be told on a screen: each its own, and the same after JPEG 2000."""

from io import BytesIO

from PIL import Image
from pydicom import dcmread
from pydicom.encaps import generate_frames

from dicom_cdk.rehearsal.clients import pictures
from dicom_cdk.rehearsal.clients.dicom_objects import as_file


def test_a_picture_has_a_bright_frame_and_squares_of_its_own() -> None:
    found = {name: pictures.squares(name) for name in ("a", "b", "frame 0", "frame 1")}
    assert len(set(found.values())) == 4
    for squares in found.values():
        rows = [squares[start : start + 8] for start in range(0, 64, 8)]
        assert (rows[0], rows[7], {row[0] + row[7] for row in rows}) == ("1" * 8, "1" * 8, {"11"})
        assert "0" in squares


def test_a_series_is_as_deep_as_it_is_wide_and_one_volume() -> None:
    series = pictures.computed_tomography("x", 4)
    assert len({one.SeriesInstanceUID for one in series} | {one.FrameOfReferenceUID for one in series}) == 2
    assert len({one.SOPInstanceUID for one in series}) == 4
    assert [one.ImagePositionPatient[2] for one in series] == [0, 32, 64, 96]
    assert series[0].SliceThickness == 32


def test_frames_have_a_picture_each() -> None:
    made = dcmread(BytesIO(as_file(pictures.multi_frame("x", [pictures.squares("a"), pictures.squares("b")]))))
    half = len(made.PixelData) // 2
    assert (made.NumberOfFrames, half, made.PixelData[:half] != made.PixelData[half:]) == (2, 128 * 128, True)


def test_jpeg_2000_gives_back_every_pixel() -> None:
    made = dcmread(BytesIO(as_file(pictures.compressed("x"))))
    plain = pictures.magnetic_resonance("x").PixelData
    (frame,) = generate_frames(made.PixelData, number_of_frames=1)
    assert frame[:4] == b"\xff\x4f\xff\x51", "a code stream, and no file around it"
    assert Image.open(BytesIO(frame)).tobytes() == plain
