"""Answers as servers really frame them."""

import pytest
from requests import exceptions

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.smoke.client import Answer, why_no_answer


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


def test_a_redirect_is_told_with_where_it_leads() -> None:
    with pytest.raises(
        Expected, match=r"^answered 302, which leads to https://login\.example\.com/x, allowed is 200: ''"
    ):
        Answer(302, {"Location": "https://login.example.com/x"}, b"").must(200)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            exceptions.ConnectTimeout("Max retries exceeded (Caused by ConnectTimeoutError(timed out))"),
            "no connection within 7 s: a firewall or security group lets nothing through, or nobody has this address",
        ),
        (
            exceptions.ReadTimeout("Read timed out."),
            "no answer within 7 s; a first call may start an instance: try again, or raise --timeout",
        ),
        (
            exceptions.ConnectionError("[Errno -3] Temporary failure in name resolution"),
            "its address cannot be asked for: no name server answers this machine",
        ),
        (
            exceptions.ConnectionError("[Errno -2] Name or service not known"),
            "no such name; is the CNAME record there?",
        ),
        (
            exceptions.ConnectionError("[Errno 113] No route to host"),
            "no way leads there from this machine: [Errno 113] No route to host",
        ),
        (exceptions.ConnectionError("[Errno 111] Connection refused"), "connection refused; nothing listens there"),
    ],
)
def test_each_way_without_an_answer_has_its_own_words(error: exceptions.RequestException, said: str) -> None:
    assert why_no_answer(error, "https://dicom.example.com/x", 7.0) == f"dicom.example.com: {said}"
