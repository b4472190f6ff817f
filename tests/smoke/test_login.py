"""`smoke --auth jwt` against a gateway with a login: what it finds in order, and each fault that it must find."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import VIEWER_PATHS, Login
from dicom_cdk.rehearsal.cloud.function_compute import FunctionCompute
from dicom_cdk.rehearsal.gateway.nginx import Nginx
from dicom_cdk.rehearsal.gateway.orthanc import AE, PLUGIN, PORT, Orthanc
from dicom_cdk.rehearsal.gateway.tls_server import Quiet, certificate, serving
from dicom_cdk.rehearsal.identity.tokens import SigningKey, claims_of
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.smoke.errors import SmokeError
from dicom_cdk.smoke.login import claims, must_be_readable
from tests.assets.gateway.conftest import SITE, needs, needs_njs

ISSUER, AUDIENCE, KEY = "https://login.example.com", "dicom", SigningKey("k", "ES256")
GATEWAY, OPEN = 8080, 8081
URL = ("https://localhost", "--auth", "jwt")
VIEWER = "https://viewer.example.com"
EVERYBODY = {"ae": ["DCM4CHEE"], "roles": ["reads", "stores"]}


def token(seconds: float = 600, **changed: Any) -> str:
    return KEY.token({**claims_of(ISSUER, AUDIENCE, seconds), **EVERYBODY, **changed})


GIVEN = {
    "DICOM_CDK_JWT": token(7200),
    "DICOM_CDK_JWT_EXPIRED": token(-3600),
    "DICOM_CDK_JWT_OTHER_AUDIENCE": token(aud="other"),
    "DICOM_CDK_JWT_OTHER_ISSUER": token(iss="https://other.example.com"),
    "DICOM_CDK_JWT_READ_ONLY": token(roles=["reads"]),
}

Smoke = Callable[..., dict[str, str]]


def compute(folder: Path, port: int, **changed: Any) -> FunctionCompute:
    """Function Compute before a gateway on `port`, of a stack whose domain is localhost."""
    auth = {"auth_type": "jwt", "auth_info": Login(ISSUER, AUDIENCE, (KEY.jwk,)).domain_auth(VIEWER_PATHS)}
    routes = [{"path": path} for path in (f"{AE}/*", "/dcm4chee-arc/aets/A.B_c-2/*", *VIEWER_PATHS)]
    cors = {"allow_origins": [VIEWER], "allow_methods": ["GET"], "allow_headers": ["Authorization"]}
    domain = {"auth_config": auth, "route_config": {"routes": routes}, "cors_config": cors, **changed}
    stack = {
        "alicloud_fcv3_custom_domain": {"a": {"custom_domain_name": "localhost", **domain}},
        "alicloud_fcv3_function": {"f": {"environment_variables": {"DICOM_REGION": "cn-shanghai"}}},
    }
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": stack}))
    return FunctionCompute(Site(folder), ("127.0.0.1", port))


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smoke]:
    """Verdicts of `smoke` by name of the check; behind 443 all is in order, behind 444 everybody may do everything."""
    needs_njs()
    needs("Orthanc", "ip")
    if os.getuid() != 0 or not PLUGIN.exists():
        pytest.skip("needs root, for a network namespace, and orthanc-dicomweb; run tools/system-programs.sh")
    folder = tmp_path_factory.mktemp("login")
    orthanc = Orthanc.start(folder / "server")
    edition, settings = Edition(login=True, viewer=True), {**SITE, "server_host": "127.0.0.1", "server_port": PORT}
    settings |= {"domain": "localhost", "edition": edition}
    strict = Login(ISSUER, AUDIENCE, (KEY.jwk,), "ae", "roles", ("reads",), ("stores",))
    loose = Login(ISSUER, AUDIENCE, (KEY.jwk,), None, "roles", ("reads",), ("reads", "stores"))
    stopped = []
    for port, login in ((GATEWAY, strict), (OPEN, loose)):
        environment = gateway_function.environment(**settings, login=login) | {"DICOM_LISTEN": f"127.0.0.1:{port}"}
        viewer = viewer_files.none(folder / "no-viewer")
        place = folder / f"gateway-{port}"
        stopped.append(Nginx.of_edition(place, edition.files(), environment, None, viewer=viewer, into=orthanc.into))
    tls = certificate(folder, "localhost")
    doors = {
        443: compute(folder / "a", GATEWAY),
        444: compute(folder / "b", OPEN),
    }

    def of(*arguments: str, **environment: str) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("ALIBABA_", "DICOM_CDK_"))}
        done = subprocess.run(
            [*orthanc.into, sys.executable, "-m", "dicom_cdk.cli", "smoke", *arguments, "--ca", str(tls[0]), "--format", "json"],
            env={**plain, **GIVEN, **environment},
            capture_output=True,
            text=True,
        )  # fmt: skip
        assert done.stdout, done.stderr
        assert not any(value in done.stdout + done.stderr for value in GIVEN.values())
        return {one["name"]: f"{one['verdict']}: {one['said']}" for one in json.loads(done.stdout)["checks"]}

    with ExitStack() as parts:
        for port, door in doors.items():
            make = lambda port=port, door=door: Quiet(("127.0.0.1", port), door.handler())  # noqa: E731
            parts.enter_context(serving(make, tls, orthanc.inside))
        yield of
    for nginx in stopped:
        nginx.stop()
    orthanc.stop()


@pytest.mark.server
def test_a_gateway_with_a_login_passes_every_case(smoke: Smoke) -> None:
    found = smoke(*URL, "--denied-ae-title", "A.B_c-2", "--origin", VIEWER)
    # Of dcm4chee, and not of the server that stands in for it.
    assert "Unknown resource" in found.pop("query: patients, as in the guide's test T1")
    assert {said.partition(":")[0] for said in found.values()} == {"ok"}, found
    assert found["access: a call without a credential is refused"] == "ok: 403"
    assert found["a token of the provider for another application is refused"] == "ok: 403"
    assert found["the host's name with its port asks for a token too"] == "ok: localhost:443 403, localhost:8443 403"
    preflights = found["a preflight tells nothing, and pages of strangers get no leave"]
    assert preflights == f"ok: https://smoke.invalid 204, {VIEWER} 204"


@pytest.mark.server
def test_what_was_not_given_is_skipped_by_the_name_of_its_variable(smoke: Smoke) -> None:
    found = smoke(*URL, "--read-only", DICOM_CDK_JWT_EXPIRED="", DICOM_CDK_JWT_OTHER_ISSUER="")
    assert found["a token of the provider whose time is over"] == "skipped: DICOM_CDK_JWT_EXPIRED is not set"
    assert found["a token of another realm or provider"] == "skipped: DICOM_CDK_JWT_OTHER_ISSUER is not set"
    assert found["a token of somebody who may read and not store"] == "skipped: --read-only"
    assert found["an AE title that the token does not name"] == "skipped: no --denied-ae-title AE"


@pytest.mark.server
def test_a_gateway_that_gives_too_much_is_found(smoke: Smoke) -> None:
    found = smoke("https://localhost:444", "--auth", "jwt", "--denied-ae-title", "A.B_c-2", "--origin", "https://b.example.com",
                  DICOM_CDK_JWT_OTHER_AUDIENCE=token(8000))  # fmt: skip
    failed = {name: said.removeprefix("failed: ") for name, said in found.items() if said.startswith("failed")}
    assert (
        "DICOM_CDK_JWT_OTHER_AUDIENCE proves nothing: it is for the same audience (aud 'dicom')"
        in (failed["a token of the provider for another application is refused"])
    )
    assert failed["a token of somebody who may read and not store reads, and its STOW is refused"].startswith(
        "answered 200"
    )
    assert failed["an AE title that the token does not name is refused"].startswith("answered ")
    assert (
        "pages of https://b.example.com get no leave"
        in (failed["a preflight tells nothing, and pages of strangers get no leave"])
    )


@pytest.mark.server
def test_an_ae_title_that_is_not_the_sites_proves_nothing(smoke: Smoke) -> None:
    found = smoke(*URL, "--read-only", "--denied-ae-title", "NONE")
    assert "answered 404" in found["an AE title that the token does not name is refused"]


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c", "e30.W10.x", "e30.e30.x.y"])
def test_what_is_no_token_is_refused_unread(text: str) -> None:
    with pytest.raises(SmokeError, match="a token that is no JWT: allowed are three parts of base64url"):
        claims(text)


def test_a_token_that_cannot_be_read_is_refused_by_the_name_of_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DICOM_CDK_JWT_READ_ONLY", "x")
    with pytest.raises(SmokeError, match=r"DICOM_CDK_JWT_READ_ONLY: a token that is no JWT"):
        must_be_readable(token())
    with pytest.raises(SmokeError, match=r"DICOM_CDK_JWT: a token that is no JWT"):
        must_be_readable("x")


def test_claims_are_read_without_their_signature() -> None:
    assert claims(token(aud="x"))["aud"] == "x"
