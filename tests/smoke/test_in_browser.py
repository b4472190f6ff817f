"""`smoke --viewer`: OHIF itself is sent to the login and draws what was stored; and what is not a viewer is found without one."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.checks import Checks, Expected
from dicom_cdk.rehearsal.gateway.nginx import Nginx
from dicom_cdk.rehearsal.gateway.orthanc import PLUGIN, PORT, Orthanc
from dicom_cdk.rehearsal.gateway.tls_server import Quiet, certificate, serving
from dicom_cdk.rehearsal.identity.tokens import claims_of
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.shipped import path
from dicom_cdk.smoke import in_browser
from dicom_cdk.smoke.address import address
from dicom_cdk.smoke.client import Answer
from dicom_cdk.smoke.in_browser import _configured, _correlation
from tests.assets.gateway.conftest import SITE, needs, needs_njs
from tests.smoke.test_login import AUDIENCE, EVERYBODY, GATEWAY, ISSUER, KEY, compute

SERVICE = address("https://localhost", "DCM4CHEE")


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[list[str], Path]]:
    """What runs a command beside a service with OHIF, and its certificate."""
    needs_njs()
    needs("Orthanc", "ip", "chromium")
    if os.getuid() != 0 or not PLUGIN.exists():
        pytest.skip("needs root, for a network namespace, and orthanc-dicomweb; run tools/system-programs.sh")
    if not (viewer_files.OHIF / "index.html").exists():
        pytest.skip("OHIF is not here; run make ohif")
    folder, edition = tmp_path_factory.mktemp("viewer"), Edition(login=True, viewer=True)
    with ExitStack() as parts:
        orthanc = Orthanc.start(folder / "server")
        parts.callback(orthanc.stop)
        login = Login(ISSUER, AUDIENCE, (KEY.jwk,), "ae", "roles", ("reads",), ("stores",), client_id="viewer")
        settings = {**SITE, "server_host": "127.0.0.1", "server_port": PORT, "domain": "localhost", "edition": edition}
        environment = gateway_function.environment(**settings, login=login) | {"DICOM_LISTEN": f"127.0.0.1:{GATEWAY}"}
        viewer = viewer_files.built(path("assets/gateway/viewer.sh"), folder / "built")
        place = folder / "gateway"
        parts.callback(
            Nginx.of_edition(place, edition.files(), environment, None, viewer=viewer, into=orthanc.into).stop
        )
        tls, door = certificate(folder, "localhost"), compute(folder / "stack", GATEWAY)
        parts.enter_context(serving(lambda: Quiet(("127.0.0.1", 443), door.handler()), tls, orthanc.inside))
        yield orthanc.into, tls[0]


@pytest.mark.browser
def test_a_viewer_sends_people_to_the_login_and_draws_what_was_stored(inside: tuple[list[str], Path]) -> None:
    into, ca = inside
    token = KEY.token({**claims_of(ISSUER, AUDIENCE, 7200), **EVERYBODY})
    command = [
        *into,
        sys.executable,
        "-m",
        "dicom_cdk.cli",
        "smoke",
        "https://localhost",
        "--auth",
        "jwt",
        "--ca",
        str(ca),
    ]
    done = subprocess.run(
        [*command, "--viewer"], env={**os.environ, "DICOM_CDK_JWT": token}, capture_output=True, text=True
    )
    assert re.search(r"^ok .* viewer: sent to the provider by code and PKCE; with the token: the image as it was stored "
                     r"\(correlation (0\.9\d|1\.00)\)$", done.stdout, re.MULTILINE), done.stdout  # fmt: skip
    assert token not in done.stdout + done.stderr


class Answering:
    """A client that gets these answers, by the end of the address."""

    def __init__(self, **answers: tuple[int, bytes]) -> None:
        self._answers = answers

    def ask(self, _method: str, url: str, **_: Any) -> Answer:
        status, body = self._answers["page" if url.endswith("/") else "configuration"]
        return Answer(status, {}, body)


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"page": (403, b"")}, "answered 403, allowed is 200"),
        ({"page": (200, b""), "configuration": (404, b"")}, "answered 404, allowed is 200"),
        ({"page": (200, b""), "configuration": (200, b"window.config = {}")}, "its configuration names no login"),
    ],
)
def test_what_is_no_viewer_is_found_before_a_browser_starts(
    answers: dict[str, tuple[int, bytes]], problem: str
) -> None:
    with pytest.raises(Expected, match=problem):
        _configured(Answering(**answers), SERVICE)  # type: ignore[arg-type]


class Silent:
    """Says nothing."""

    def begin(self, room: str, name: str) -> None:
        """Nothing."""

    def end(self, check: object) -> None:
        """Nothing."""


def test_without_chromium_the_check_is_skipped_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("dicom_cdk.rehearsal.programs.SYSTEM_PATH", str(tmp_path))
    good = Answering(page=(200, b""), configuration=(200, b"authority: 'https://a', client_id: 'b'"))
    checks = Checks(Silent())
    in_browser.check(checks, good, SERVICE, "token", own_ca=False)  # type: ignore[arg-type]
    assert [one.verdict for one in checks.done] == ["ok", "skipped"]
    assert "chromium is not installed: Debian package chromium" in checks.done[1].said


def test_a_blank_picture_is_like_nothing() -> None:
    assert _correlation([1, 2, 3], [0, 0, 0]) == 0.0
    assert _correlation([1, 2, 3], [10, 20, 30]) == pytest.approx(1)
    assert _correlation([1, 2, 3], [30, 20, 10]) == pytest.approx(-1)
