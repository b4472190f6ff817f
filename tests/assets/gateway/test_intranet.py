"""The same template as the filter for hospitals' networks: no login before it, an address with a port, larger bodies."""

import json
from collections.abc import Callable

import pytest

from tests.assets.gateway.conftest import Gateway

pytestmark = pytest.mark.server

ADDRESS = "172.18.92.192:8080"
BELOW = "/dcm4chee-arc/aets/DCM4CHEE"
QIDO = f"{BELOW}/rs/studies"
STUDY = "1.2.840.113"


@pytest.fixture
def filter_(gateway_of: Callable[..., Gateway]) -> Gateway:
    return gateway_of(side="intranet", domain=ADDRESS, scheme="http", body_limit_mb=2)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", QIDO),
        ("POST", QIDO),
        ("GET", f"{QIDO}/{STUDY}/metadata"),
        ("GET", f"{BELOW}/wado?requestType=WADO&studyUID={STUDY}"),
    ],
)
def test_dicomweb_passes_whatever_host_the_client_names(method: str, target: str, filter_: Gateway) -> None:
    for host in (ADDRESS, "172.18.92.192", "dicom.hospital.example", "evil.example.org:81"):
        answer, (received,) = filter_.forwarded(method, target, headers={"Host": host})
        assert (answer.status, received.target) == (200, target)
        assert received.header("host") == received.header("x-forwarded-host") == [ADDRESS]
        assert received.header("x-forwarded-proto") == ["http"]


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/dcm4chee-arc/storage"),
        ("GET", "/dcm4chee-arc/devices/dcm4chee-arc"),
        ("POST", "/dcm4chee-arc/ctrl/stop"),
        ("POST", "/dcm4chee-arc/ctrl/reload"),
        ("GET", "/dcm4chee-arc/ctrl/status"),
        ("GET", "/dcm4chee-arc/ui2/"),
        ("DELETE", f"{QIDO}/{STUDY}"),
        ("POST", f"{QIDO}/{STUDY}/reject/113001%5EDCM"),
        ("POST", f"{QIDO}/{STUDY}/export/CALC"),
        ("PUT", "/dcm4chee-arc/devices/dcm4chee-arc"),
        ("PATCH", QIDO),
    ],
)
def test_what_reads_the_key_deletes_or_stops_ends_here(method: str, target: str, filter_: Gateway) -> None:
    answer, received = filter_.forwarded(method, target)
    assert (answer.status, received) == (405 if method in ("DELETE", "PUT", "PATCH") else 403, [])


def test_a_body_over_its_limit_is_sent_by_dimse_not_to_where_it_came_from(filter_: Gateway) -> None:
    head = f"POST {QIDO} HTTP/1.1\r\nHost: {ADDRESS}\r\nContent-Length: {(2 << 20) + 1}\r\n\r\n"
    answer = filter_.nginx.raw(head.encode(), "POST")
    said = json.loads(answer.body)
    assert (answer.status, said["limit_mib"]) == (413, 2)
    assert said["instead"] == (
        "send fewer instances in one request, or send the study by C-STORE to port 11112 of the archive host"
    )


def test_on_the_internet_the_intranet_is_the_further_way(gateway_of: Callable[..., Gateway]) -> None:
    head = f"POST {QIDO} HTTP/1.1\r\nHost: x\r\nContent-Length: {(1 << 20) + 1}\r\n\r\n"
    said = json.loads(gateway_of().nginx.raw(head.encode(), "POST").body)
    assert said["instead"].endswith("of the archive host, or by STOW-RS to the intranet address of this service")


def test_its_lines_are_told_apart_from_the_gateways(gateway_of: Callable[..., Gateway]) -> None:
    for gateway, side in ((gateway_of(), "internet"), (gateway_of(side="intranet", domain=ADDRESS), "intranet")):
        count = len(gateway.nginx.log.splitlines())
        gateway.forwarded("GET", QIDO)
        assert gateway.nginx.logged(count + 1)[-1]["side"] == side
