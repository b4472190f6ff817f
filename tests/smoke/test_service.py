"""`dicom-cdk smoke` against the rehearsed service: our NGINX and a real DICOMweb server behind a stand-in of Function Compute."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.gateway.guide_control import STOCK, TEMPLATE
from dicom_cdk.rehearsal.gateway.nginx import Nginx, rendered
from dicom_cdk.rehearsal.gateway.orthanc import AE, PLUGIN, PORT, Orthanc
from dicom_cdk.rehearsal.gateway.tls_server import Quiet, certificate, serving
from dicom_cdk.rehearsal.programs import need
from tests.assets.gateway.conftest import SITE
from tests.smoke.function_compute import KEY_ID, SECRET, handler

pytestmark = pytest.mark.server

FILTER = 8082
GATEWAY, GUIDE, DIMSE, RECEIVER = 8080, 8081, 11112, 11113
CREDENTIALS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET}


class Service:
    """One namespace with everything in it, and the command that looks at it from inside."""

    def __init__(self, orthanc: Orthanc, ca: Path) -> None:
        self.orthanc, self.ca = orthanc, ca

    def smoke(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("ALIBABA_", "DICOM_CDK_"))}
        return subprocess.run(
            [*self.orthanc.into, sys.executable, "-m", "dicom_cdk.cli", "smoke", *arguments],
            env={**plain, **CREDENTIALS, **environment},
            capture_output=True,
            text=True,
        )

    def verdicts(self, *arguments: str, **environment: str) -> dict[str, str]:
        done = self.smoke(*arguments, "--format", "json", "--ca", str(self.ca), **environment)
        return {one["name"]: f"{one['verdict']}: {one['said']}" for one in json.loads(done.stdout)["checks"]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    for program, package in (
        ("Orthanc", "orthanc"),
        ("nginx", "nginx-light"),
        ("envsubst", "gettext-base"),
        ("ip", "iproute2"),
    ):
        need(program, package)
    if not PLUGIN.exists():
        pytest.skip("orthanc-dicomweb is not installed; run tools/system-programs.sh")
    if os.getuid() != 0:
        pytest.skip("Orthanc needs a network namespace of its own, and that needs root")
    folder = tmp_path_factory.mktemp("smoke")
    orthanc = Orthanc.start(folder / "server", dicom_port=DIMSE, modalities={"DICOMCDK": ("127.0.0.1", RECEIVER)})
    settings = {**SITE, "domain": "localhost", "server_host": "127.0.0.1", "server_port": PORT}
    environment = {**gateway_function.environment(**settings), "DICOM_LISTEN": f"127.0.0.1:{GATEWAY}"}
    ours = Nginx.start(
        folder / "ours", rendered(PLAIN.files().text("default.conf.template"), environment), None, into=orthanc.into
    )
    intranet = {**settings, "domain": f"127.0.0.1:{FILTER}", "side": "intranet", "scheme": "http"}
    environment = {**gateway_function.environment(**intranet), "DICOM_LISTEN": f"127.0.0.1:{FILTER}"}
    filtered = Nginx.start(
        folder / "filter",
        rendered(PLAIN.files().text("default.conf.template"), environment),
        None,
        into=orthanc.into,
    )
    guide = {
        "DICOM_CUSTOM_DOMAIN": "localhost", "DICOM_FUNCTION_PATH": "2016/do", "DICOM_SERVER_HOST": "127.0.0.1",
        "DICOM_SERVER_PORT": str(PORT), "DICOM_LISTEN": f"127.0.0.1:{GUIDE}",
    }  # fmt: skip
    theirs = Nginx.start(folder / "guide", rendered(TEMPLATE, guide), None, main=STOCK, into=orthanc.into)
    tls = certificate(folder, "localhost")

    def trigger(kind: str, port: int) -> AbstractContextManager[int]:
        made = handler(kind, ("127.0.0.1", GATEWAY))
        return serving(lambda: Quiet(("127.0.0.1", port), made), tls, orthanc.inside)

    try:
        with trigger("signed", 443), trigger("anonymous", 445):
            yield Service(orthanc, tls[0])
    finally:
        for nginx in (ours, filtered, theirs):
            nginx.stop()
        orthanc.stop()


def test_every_check_passes_with_signed_calls_and_by_dimse_and_leaves_one_study(service: Service) -> None:
    arguments = (
        "https://localhost",
        "--ca",
        str(service.ca),
        "--dimse",
        f"127.0.0.1:{DIMSE}",
        "--listen",
        str(RECEIVER),
    )
    for _ in range(2):
        done = service.smoke(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.splitlines()[-1] == f"https://localhost{AE}: 15 ok, 0 failed, 0 skipped"
    lines = done.stdout
    for said in (
        "access: a call without a credential is refused (403)",
        "access: a call with a wrong credential is refused (403)",
        "store: one image by STOW-RS (RetrieveURL at localhost)",
        "retrieve: WADO-RS gives back what was stored, pixels byte by byte (the data set is identical)",
        "closed: the archive's console, control and deletes are not to be had (10 tried)",
        "C-MOVE to DICOMCDK: received as sent",
    ):
        assert said in lines, lines
    assert SECRET not in done.stdout + done.stderr


def test_open_gateways_are_checked_too(service: Service) -> None:
    # The gateway's own name is localhost without a port: links to it are wrong for this stand-in, and only those.
    found = service.verdicts("https://localhost:445", "--auth", "anonymous")
    failed = {name: said for name, said in found.items() if said.startswith("failed")}
    assert set(failed) == {"store: one image by STOW-RS"}, found
    assert failed["store: one image by STOW-RS"].startswith(
        "failed: RetrieveURL leads to localhost, asked was localhost:44"
    )
    assert found["access: calls without a credential are refused"] == "skipped: --auth anonymous"


def test_a_gateway_that_lets_anybody_in_fails_signed_checks(service: Service) -> None:
    found = service.verdicts("https://localhost:445", "--read-only")
    assert found["access: a call without a credential is refused"].startswith(
        "failed: answered 200, allowed is 401 or 403"
    )
    assert found["access: a call with a wrong credential is refused"].startswith(
        "failed: answered 200, allowed is 401 or 403"
    )
    assert found["store, find, retrieve"] == "skipped: --read-only"


def test_the_guide_s_own_gateway_fails_what_ours_passes(service: Service) -> None:
    assert service.smoke("https://localhost", "--ca", str(service.ca)).returncode == 0, "one study is there"
    found = service.verdicts(f"http://localhost:{GUIDE}/2016/do", "--auth", "signed")
    assert found["query: a filter that fits nobody finds nobody"].startswith(
        "failed: 1 studies of a patient that does not exist"
    )
    closed = found["closed: the archive's console, control and deletes are not to be had"]
    assert "reached the server" in closed or "is let in" in closed


PATIENTS = "query: patients, as in the guide's test T1"
"""Fails where nothing stands before the stand-in of the archive, which lacks a resource that is dcm4chee's own."""
CLOSED = "closed: the archive's console, control and deletes are not to be had"


def test_the_filter_of_the_intranet_is_tried_with_what_it_must_refuse(service: Service) -> None:
    found = service.verdicts(f"http://127.0.0.1:{FILTER}", "--auth", "anonymous")
    assert found[CLOSED] == "ok: 10 tried"
    failed = {name for name, said in found.items() if said.startswith("failed")}
    assert failed == {PATIENTS}, found


def test_an_address_of_the_archive_itself_fails_and_nothing_that_writes_is_tried_there(service: Service) -> None:
    found = service.verdicts(f"http://127.0.0.1:{PORT}", "--auth", "anonymous")
    assert found[CLOSED].startswith(
        "failed: GET /dcm4chee-arc/ui2/ reached the server: 404; no gateway and no filter is in front"
    )
    failed = {name for name, said in found.items() if said.startswith("failed")}
    assert failed == {CLOSED, PATIENTS}


def test_a_wrong_key_fails_the_first_query_and_the_rest_is_skipped(service: Service) -> None:
    found = service.verdicts("https://localhost", ALIBABA_CLOUD_ACCESS_KEY_SECRET="another-made-up")
    assert found["query: studies are answered as DICOM JSON"].startswith(
        'failed: answered 403, allowed is 200: \'{"Code":"AccessDenied"}\''
    )
    assert found["everything else"] == "skipped: the first query already failed"


def test_a_certificate_of_nobody_known_is_said(service: Service) -> None:
    done = service.smoke("https://localhost")
    assert done.returncode == 1
    assert (
        "localhost: its certificate is not trusted: self-signed certificate; install the right one, or name its issuer by --ca FILE"
        in (done.stdout)
    )


def test_a_wrong_ae_title_is_rejected_and_said(service: Service) -> None:
    found = service.verdicts("https://localhost", "--ae-title", "NOBODY", "--dimse", f"127.0.0.1:{DIMSE}")
    assert found["C-ECHO to NOBODY"] == (
        f"failed: NOBODY at 127.0.0.1:{DIMSE}: it rejected the association: Called AE title not recognised "
        "(calling AE title DICOMCDK)"
    )
    assert found["C-STORE, C-FIND, C-MOVE"] == "skipped: C-ECHO failed"


def test_a_port_that_is_taken_is_said(service: Service) -> None:
    found = service.verdicts("https://localhost", "--dimse", f"127.0.0.1:{DIMSE}", "--listen", str(DIMSE))
    assert found["C-MOVE to DICOMCDK: received as sent"] == (
        f"failed: port {DIMSE} cannot be listened on: Address already in use; choose another --listen"
    )


def test_read_only_stores_nothing_by_dimse_either(service: Service) -> None:
    found = service.verdicts("https://localhost", "--read-only", "--dimse", f"127.0.0.1:{DIMSE}")
    assert found["C-STORE"] == "skipped: --read-only"
    assert found["C-MOVE"] == "skipped: --read-only"
    assert found["C-FIND by PatientID"].startswith("ok")
