"""Answers as servers really frame them."""

import pytest

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.smoke.client import Answer


def multipart(content_type: str, boundary: str) -> Answer:
    body = (
        f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        + b"\r\n\x00=\xff"
        + f"\r\n--{boundary}--".encode()
    )
    return Answer(200, {"Content-Type": content_type}, body)


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ('multipart/related; type="application/dicom"; boundary=abc', "abc"),
        ('multipart/related; type="application/dicom"; boundary="a b:c"', "a b:c"),
        ("multipart/related; type=application/dicom; boundary=----=_Part_1=2==", "----=_Part_1=2=="),
        ("multipart/related;boundary=a/b?c;type=application/dicom", "a/b?c"),
        ("Multipart/Related; Boundary = x=y ; type=a/b", "x=y"),
        (r'multipart/related; boundary="a=\"b"', r"a=\"b"),
    ],
)
def test_parts_are_found_however_the_boundary_is_written(content_type: str, boundary: str) -> None:
    plain = boundary.replace("\\", "")
    assert multipart(content_type, plain).parts() == [b"\r\n\x00=\xff"]


@pytest.mark.parametrize(
    "content_type", ["multipart/related", "multipart/related; xboundary=a", "multipart/related; boundary="]
)
def test_a_missing_boundary_is_called_one(content_type: str) -> None:
    with pytest.raises(Expected, match=r"^answered multipart/related without a boundary: "):
        multipart(content_type, "a").parts()


def test_what_is_no_multipart_is_said_by_its_kind() -> None:
    with pytest.raises(Expected, match=r"^answered text/html instead of multipart/related: 'hello'"):
        Answer(200, {"Content-Type": "text/html"}, b"hello").parts()
