"""A person opens a study: login, list, pixels, in Chromium, with OHIF itself behind the gateway as it is rendered.

Function Compute is not here; what it would refuse before, NGINX refuses too. Everything is in one network namespace.
"""

import http.client
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pydicom.uid import generate_uid

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.dicom_objects import as_file, image
from dicom_cdk.rehearsal.dicomweb_front import KIND, multipart
from dicom_cdk.rehearsal.identity_provider import IdentityProvider
from dicom_cdk.rehearsal.nginx import Nginx
from dicom_cdk.rehearsal.orthanc import AE, PLUGIN, PORT, Orthanc
from tests.assets.gateway.conftest import needs, needs_njs
from tests.assets.gateway.test_viewer import build
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

OHIF = ROOT / ".venv/ohif"
GATEWAY = "127.0.0.1:8080"
PROVIDER = IdentityProvider(9000, "dicom", {"anna": {"ae": ["DCM4CHEE"]}, "bert": {"ae": ["OTHER"]}})
PATIENCE = 240_000
"""Milliseconds: OHIF is 17 MB of JavaScript, and a busy machine no fault."""
BRIGHT = """() => {
  const canvas = document.querySelector("canvas.cornerstone-canvas");
  if (!canvas || !canvas.width) return 0;
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let bright = 0;
  for (let i = 0; i < data.length; i += 4) bright += data[i] > 150;
  return bright / (data.length / 4);
}"""
"""The share of the picture that is bright: of a chessboard under a half, of nothing none."""


def chessboard() -> Any:
    """A CT image whose squares are dark and bright."""
    one = image("VIEWED", rows=256)
    rows = [[2800 * ((x // 32 + y // 32) % 2) for x in range(256)] for y in range(256)]
    one.PixelData = b"".join(value.to_bytes(2, "little") for row in rows for value in row)
    one.StudyDate, one.StudyTime, one.StudyID, one.AccessionNumber, one.PatientSex = "20260101", "120000", "1", "1", "O"
    one.SeriesNumber = one.InstanceNumber = one.SliceThickness = one.RescaleSlope = 1
    one.ImagePositionPatient, one.ImageOrientationPatient, one.PixelSpacing = [0, 0, 0], [1, 0, 0, 0, 1, 0], [1, 1]
    one.FrameOfReferenceUID, one.RescaleIntercept, one.WindowCenter, one.WindowWidth = generate_uid(), 0, 1400, 2800
    return one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    needs_njs()
    needs("Orthanc", "chromium", "ip", "nsenter")
    if os.getuid() != 0 or not PLUGIN.exists():
        pytest.skip("needs root, for a network namespace, and orthanc-dicomweb; run tools/system-programs.sh")
    if not (OHIF / "index.html").exists():
        pytest.skip("OHIF is not here; run make ohif")
    running = Orthanc.start(tmp_path_factory.mktemp("orthanc") / "server")
    running.inside(PROVIDER.start)
    yield running
    PROVIDER.stop()
    running.stop()


@pytest.fixture(scope="module")
def gateway(server: Orthanc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    folder, edition = tmp_path_factory.mktemp("gateway"), Edition(login=True, viewer=True)
    done = build(OHIF, folder / "viewer")
    assert done.returncode == 0, done.stderr
    login = Login("https://replaced", PROVIDER.audience, (PROVIDER.key.jwk,), ae_claim="ae", client_id="viewer")
    environment = gateway_function.environment(
        region="cn-shanghai",
        domain=GATEWAY,
        scheme="http",
        ae_titles=["DCM4CHEE"],
        server_host="127.0.0.1",
        server_port=PORT,
        edition=edition,
        login=login,
    )
    # Loopback needs no TLS to count as safe.
    here = dict.fromkeys(("DICOM_LOGIN_ISSUER", "DICOM_LOGIN_ORIGIN"), PROVIDER.issuer)
    environment |= {**here, "DICOM_LISTEN": GATEWAY}
    nginx = Nginx.of_edition(
        folder / "nginx", edition.files(), environment, None, viewer=folder / "viewer", into=server.into
    )
    yield nginx
    nginx.stop()


@pytest.fixture(scope="module")
def study(server: Orthanc) -> str:
    """UID of the study that is stored."""
    one = chessboard()

    def store() -> int:
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)) as connection:
            connection.request("POST", f"{AE}/rs/studies", multipart(as_file(one)), {"Content-Type": KIND})
            answer = connection.getresponse()
            answer.read()
            return answer.status

    assert server.inside(store) == 200
    return str(one.StudyInstanceUID)


@pytest.fixture(scope="module")
def browser(server: Orthanc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    inside = tmp_path_factory.mktemp("browser") / "chromium"
    inside.write_text(f'#!/bin/sh\nexec {" ".join(server.into)} chromium "$@"\n')
    inside.chmod(0o755)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(inside), args=["--no-sandbox"], timeout=PATIENCE)
        yield started
        started.close()


def logged_in(browser: Browser, user: str, way: str) -> tuple[Page, list[str]]:
    """A page of somebody who has just logged in, and what the console complains of."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://{GATEWAY}{way}")
    page.fill("input[name=user]", user)
    page.click("button")
    return page, complaints


def test_who_logs_in_sees_the_pixels_that_were_stored(
    gateway: Nginx, study: str, browser: Browser, tmp_path: Path
) -> None:
    page, complaints = logged_in(browser, "anna", f"/viewer/viewer?StudyInstanceUIDs={study}")
    page.wait_for_function(f"() => {{ const bright = ({BRIGHT})(); return bright > 0.2 && bright < 0.6 }}")
    page.screenshot(path=str(tmp_path / "study.png"))
    assert complaints == []
    assert {line["user"] for line in gateway.logged(1) if line["class"] == "retrieve"} == {"anna"}
    assert "code=" not in gateway.log
    page.close()


@pytest.mark.usefixtures("study")
def test_who_may_not_use_the_ae_title_sees_no_patient(gateway: Nginx, browser: Browser) -> None:
    page, _ = logged_in(browser, "bert", "/viewer/")
    page.wait_for_function("() => document.body.innerText.includes('Connection Error')")
    assert "VIEWED" not in page.inner_text("body")
    ours = [line for line in gateway.logged(1) if line.get("user") == "bert"]
    assert {(line["status"], line["refused"]) for line in ours} == {(403, "it does not name this AE title")}
    page.close()
