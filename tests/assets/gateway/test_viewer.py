"""The viewer's files at /viewer: what is served, under which policy, and that nothing else came in with it.

OHIF itself is played by a few files with the places that the build replaces; the rehearsal in a browser has the real one.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from dicom_cdk import node
from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.identity.tokens import claims_of
from dicom_cdk.shipped import path
from tests.assets.gateway.conftest import DOMAIN, Gateway, needs_njs
from tests.assets.gateway.test_login import CLAIMS, KEY, QIDO

pytestmark = pytest.mark.server

RESUMED = "        } = JSON.parse(sessionStorage.getItem('ohif-redirect-to'));\n"
SCRIPT = "app.bundle.0123456789abcdef.js"
EARLY = [SCRIPT, *(f"{name}.bundle.{name:016}.js" for name in (1673, 6938, 6489, 6495, 8478, 89, 9383))]
"""What every study needs."""
LOGIN = Login(issuer="https://login.example.com:8443/realms/a", audience="dicom", keys=(KEY.jwk,), client_id="viewer")


OWN = (
    'console.time("scriptToView"),window.PUBLIC_URL="/"',
    'function browserImportFunction(n){return import(n)}window.PUBLIC_URL="/"',
)
"""Scripts inside OHIF's own page."""


def original(
    folder: Path,
    *,
    scripts: int = 8,
    addresses: int = 33,
    resumed: int = 2,
    early: int = 8,
    styles: int = 1,
    own: tuple[str, str] = OWN,
) -> Path:
    """Files as OHIF's package has them."""
    (folder / "ort").mkdir(parents=True)
    (folder / "ort/model.wasm").write_bytes(b"x")
    for name in ("google.js", "sw.js", "app-config.js", "x.js.map", "old.js.gz", "silent-refresh.html", "_redirects"):
        (folder / name).write_text("https://cdn.example.org")
    (folder / "init-service-worker.js").write_text("navigator.serviceWorker.getRegistrations()")
    for number, name in enumerate([*EARLY[:early], *(f"x{spare}.js" for spare in range(8 - early))][:scripts]):
        # The library and the callback of a login are in the first.
        login = RESUMED * resumed + "      code_verifier: this.code_verifier,\n" if number == 0 else ""
        login += '  return "" + chunkId + ".css"\n' * (styles if number == 0 else 1)
        (folder / name).write_text('/******/ __webpack_require__.p = "/";\n' + login + "// filled up\n" * 200)
    (folder / "app.bundle.css").write_text("a{src:url(/f.woff2)}" * 5)
    (folder / "f.woff2").write_bytes(b"font")
    (folder / "2623.css").write_text("b{}")
    links = "".join(f'<link href="/{number}.png">' for number in range(addresses - 3))
    (folder / "index.html").write_text(
        f"<!doctype html><script>{own[0]}</script>{links}"
        '<script rel="preload" as="script" type="module" src="/init-service-worker.js"></script><title>OHIF Viewer</title>'
        f'<script>{own[1]}</script><script defer src="/{SCRIPT}"></script><link href="/app.bundle.css" rel="stylesheet">'
    )
    return folder


def build(source: Path, to: Path) -> "subprocess.CompletedProcess[str]":
    shell = shutil.which("dash") or "sh"
    return subprocess.run(
        [shell, str(path("assets/gateway/viewer.sh")), str(source), str(to)], capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("viewer")
    done = build(original(folder / "ohif"), folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def gateway(gateway_of: Callable[..., Gateway], built: Path) -> Gateway:
    needs_njs()
    return gateway_of(edition=Edition(login=True, viewer=True), login=LOGIN, viewer=built, viewer_upload=True)


def test_what_the_build_makes_works_below_its_path(built: Path) -> None:
    page = (built / "viewer/index.html").read_text()
    assert not re.findall(r'(?:href|src|content)="/(?!viewer/)', page)
    assert '__webpack_require__.p = "/viewer/"' in (built / "viewer" / SCRIPT).read_text()
    kept = {file.name for file in (built / "viewer").rglob("*") if file.is_file()}
    assert not kept & {
        "model.wasm",
        "google.js",
        "sw.js",
        "init-service-worker.js",
        "app-config.js",
        "x.js.map",
        "old.js.gz",
        "silent-refresh.html",
    }
    assert {f"{SCRIPT}.gz", "signed-out.html", "start.html"} <= kept


def test_no_page_has_a_script_of_its_own_nor_one_that_takes_workers_away(built: Path) -> None:
    for name in ("index.html", "start.html", "signed-out.html"):
        page = (built / "viewer" / name).read_text()
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert "init-service-worker" not in page
    assert re.findall(r'src="([^"]*)"', (built / "viewer/index.html").read_text()) == [f"/viewer/{SCRIPT}"]
    assert re.findall(r'src="([^"]*)"', (built / "viewer/start.html").read_text()) == ["/viewer/app-config.js"]


def test_styles_are_named_by_their_content_where_they_are_asked_for(built: Path, tmp_path: Path) -> None:
    def named(viewer: Path) -> str:
        (app,) = viewer.glob("app.bundle.*.css")
        assert app.read_text().count("url(/viewer/") == 5
        ending = app.name.removeprefix("app.bundle")
        assert re.fullmatch(r"\.[0-9a-f]{16}\.css", ending)
        assert sorted(file.name for file in viewer.glob("*.css")) == [f"2623{ending}", app.name]
        assert f'href="/viewer/{app.name}"' in (viewer / "index.html").read_text()
        assert f'return "" + chunkId + "{ending}"' in (viewer / SCRIPT).read_text()
        return ending

    (original(tmp_path / "ohif") / "2623.css").write_text("b{color:red}")
    assert build(tmp_path / "ohif", tmp_path / "out").returncode == 0
    assert named(built / "viewer") != named(tmp_path / "out/viewer")


WORKER = """
const asked = [], routes = [];
const open = async (name) => ({ addAll: async (all) => asked.push([name, all]) });
const caches = { delete: async (name) => asked.push(['-', name]), open };
const given = new Function('caches', 'let oninstall, onfetch;' + process.argv[1] + ';return { oninstall };')(caches);
const installed = (more) => new Promise((resolve) => given.oninstall({ ...more, waitUntil: resolve }));
(async () => {
  await installed({ addRoutes: (all) => routes.push(...all) });
  await installed({});
  console.log(JSON.stringify([asked, routes]));
})();
"""
"""What worker.js finds in a browser that knows routes, then in one that does not."""


def test_what_every_study_needs_is_kept_compiled_and_nothing_else_passes_the_worker(built: Path) -> None:
    node.choose()
    script = (built / "viewer/worker.js").read_text()
    done = subprocess.run([os.environ["JSII_NODE"], "-e", WORKER, script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    asked, routes = json.loads(done.stdout)
    addresses = [f"/viewer/{name}" for name in EARLY]
    assert asked == [["-", "v"], ["v", addresses]] * 2
    assert routes == [
        {"condition": {"requestMode": "navigate"}, "source": "network"},
        {"condition": {"requestDestination": "script"}, "source": "cache"},
    ]
    # None of it before the login, of which that page has no part.
    page = (built / "viewer/index.html").read_text()
    assert re.findall('<link rel="preload" as="script" href="([^"]*)">', page) == addresses


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scripts": 7}, "scripts: 7 places to replace, 8 expected"),
        ({"addresses": 34}, "addresses in index.html: 34 places"),
        ({"resumed": 1}, "ends of logins: 2 places to replace, 3 expected"),
        ({"early": 7}, "early scripts: 7 places to replace, 8 expected"),
        ({"styles": 2}, "names of styles: 2 places to replace, 1 expected"),
        ({"own": ("alert();" + OWN[0], OWN[1])}, "own scripts: 1 places to replace, 0 expected"),
    ],
)
def test_another_viewer_stops_the_build(changed: dict[str, Any], said: str, tmp_path: Path) -> None:
    done = build(original(tmp_path / "ohif", **changed), tmp_path / "out")
    assert done.returncode == 1
    assert f"viewer: {said}" in done.stderr
    assert done.stderr.endswith("change gateway.viewer.tag\n")


def test_a_build_is_the_same_every_time(built: Path, tmp_path: Path) -> None:
    assert build(original(tmp_path / "ohif"), tmp_path / "out").returncode == 0
    files = sorted(file.relative_to(built) for file in built.rglob("*") if file.is_file())
    assert [(tmp_path / "out" / file).read_bytes() for file in files] == [(built / file).read_bytes() for file in files]


START, PAGE = ("<!doctype html><title>OHIF Viewer</title><script ", "<!doctype html><link ")


@pytest.mark.parametrize(
    ("target", "starts"),
    [
        ("/viewer", START),
        ("/viewer/", START),
        ("/viewer/viewer?Studies=1.2", START),
        ("/viewer/viewer/callback", START),
        ("/viewer/a", START),
        ("//viewer/", START),
        ("/viewer/callback?code=x&state=y", PAGE),
        ("/viewer/login", PAGE),
        ("/viewer/logout", PAGE),
    ],
)
def test_its_pages_are_two_files_before_and_after_the_login_under_the_tightest_policy(
    target: str, starts: str, gateway: Gateway
) -> None:
    answer, received = gateway.forwarded("GET", target, headers={"Host": DOMAIN})
    assert (answer.status, answer.headers["Content-Type"], received) == (200, "text/html; charset=utf-8", [])
    assert answer.body.decode().startswith(starts)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "connect-src 'self' https://login.example.com:8443; " in policy
    assert "eval" not in policy
    assert answer.headers["Cache-Control"] == "no-cache"
    assert [
        answer.headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")
    ] == [
        "nosniff",
        "no-referrer",
        "same-origin",
    ]


def test_scripts_are_kept_compressed_and_may_compile_only_as_workers(gateway: Gateway) -> None:
    answer = gateway.nginx.ask("GET", f"/viewer/{SCRIPT}", headers={"Host": DOMAIN, "Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self' 'unsafe-eval'; connect-src 'self'; worker-src 'self'"
    )
    assert gateway.nginx.ask("GET", "/viewer/worker.js").headers["Cache-Control"] == "no-cache"


def test_styles_are_kept_too(gateway: Gateway, built: Path) -> None:
    for file in (built / "viewer").glob("*.css"):
        kept = gateway.nginx.ask("GET", f"/viewer/{file.name}").headers["Cache-Control"]
        assert kept == "public, max-age=31536000, immutable"


BROWSER = """
const [file, pathname, search, answers] = JSON.parse(process.argv[1]);
class Storage {
  getItem(name) { return this[name] ?? null; }
  setItem(name, value) { this[name] = value; }
  removeItem(name) { delete this[name]; }
}
const local = Object.assign(new Storage(), { other: 'x' });
const session = new Storage(), told = { stopped: false, left: null, asked: [], text: null };
const documentElement = { append(text) { told.text = text; } };
const window = { stop() { told.stopped = true; } };
const fetch = async (address) => {
  told.asked.push(address);
  if (answers === '') throw new TypeError('Failed to fetch');
  return { json: async () => JSON.parse(answers) };
};
const location = { origin: 'https://pacs.example.com', pathname, search, replace(address) { told.left = address; } };
const setTimeout = (call, after) => { told.later = after; call(); };
const navigator = { serviceWorker: { async register(address) { told.worker = address; } } };
new Function('window', 'location', 'localStorage', 'sessionStorage', 'fetch', 'document', 'setTimeout', 'navigator', file)(
  window, location, local, session, fetch, { documentElement }, setTimeout, navigator);
(async () => {
  while (told.stopped && told.left === null && told.text === null) await new Promise(setImmediate);
  console.log(JSON.stringify({ ...told, config: window.config, local, session }));
})();
"""
"""What app-config.js finds in a browser."""
PROVIDER = '{"authorization_endpoint": "https://login.example.com/in?kept=1"}'


def loaded(file: str, path: str, search: str = "", answers: str = PROVIDER) -> dict[str, Any]:
    """What is left in a browser after it ran at `path`; `answers`: what the provider says of itself, "" where nothing listens."""
    node.choose()
    given = json.dumps([file, path, search, answers])
    done = subprocess.run(
        [os.environ["JSII_NODE"], "-e", BROWSER, given], capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(done.stdout))


def test_whoever_loads_a_page_is_sent_to_the_login_before_the_viewer_runs(gateway: Gateway) -> None:
    file = gateway.nginx.ask("GET", "/viewer/app-config.js").body.decode()
    left = loaded(file, "/viewer/viewer", "?StudyInstanceUIDs=1.2")
    assert "worker" not in left
    assert (left["stopped"], left["asked"]) == (True, [f"{LOGIN.issuer}/.well-known/openid-configuration"])
    address, _, query = left["left"].partition("?")
    asked = dict(parse_qsl(query))
    kept = json.loads(left["local"].pop(f"oidc.{asked['state']}"))
    digest = hashlib.sha256(kept["code_verifier"].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    way = {"client_id": "viewer", "redirect_uri": "https://pacs.example.com/viewer/callback", "scope": "openid"}
    assert (address, asked) == (
        "https://login.example.com/in",
        {
            **way,
            "kept": "1",
            "response_type": "code",
            "state": kept["id"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )
    assert {name: kept[name] for name in (*way, "authority", "request_type")} == {
        **way,
        "authority": LOGIN.issuer,
        "request_type": "si:r",
    }
    # RFC 7636, 4.1; and nobody's login is ever another's.
    assert re.fullmatch(r"[A-Za-z0-9_-]{43,128}", kept["code_verifier"])
    others = [loaded(file, path)["left"] for path in ("/viewer/", "/viewer")]
    assert len({left["left"], *others}) == 3
    assert json.loads(left["session"]["ohif-redirect-to"]) == {
        "pathname": "/viewer",
        "search": "?StudyInstanceUIDs=1.2",
    }
    assert set(left["local"]) == {"other"}


def test_an_issuer_that_ends_with_a_slash_is_asked_where_it_answers(gateway: Gateway) -> None:
    file = gateway.nginx.ask("GET", "/viewer/app-config.js").body.decode().replace(LOGIN.issuer, f"{LOGIN.issuer}/")
    assert loaded(file, "/viewer/")["asked"] == [f"{LOGIN.issuer}/.well-known/openid-configuration"]


@pytest.mark.parametrize("path", ["/viewer/callback", "/viewer/login", "/viewer/logout", "/viewer/logout/"])
def test_the_viewers_own_pages_of_a_login_run_at_once(path: str, gateway: Gateway) -> None:
    left = loaded(gateway.nginx.ask("GET", "/viewer/app-config.js").body.decode(), path)
    assert (left["stopped"], left["asked"], left["left"]) == (False, [], None)
    # Once the study is seen: what is kept is compiled as a whole.
    assert (left["later"], left["worker"]) == (20000, "/viewer/worker.js")


@pytest.mark.parametrize(
    ("answers", "why"), [("", "TypeError: Failed to fetch"), ("<html>", "SyntaxError: "), ("{}", "TypeError: ")]
)
def test_a_login_that_does_not_answer_is_said_on_the_page(answers: str, why: str, gateway: Gateway) -> None:
    left = loaded(gateway.nginx.ask("GET", "/viewer/app-config.js").body.decode(), "/viewer/", answers=answers)
    assert left["text"].startswith(f"The login does not answer: {why}")
    assert left["left"] is None


def test_its_configuration_is_the_sites(gateway: Gateway) -> None:
    answer = gateway.nginx.ask("GET", "/viewer/app-config.js")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")
    config = loaded(answer.body.decode(), "/viewer/callback", "?code=x&state=y")["config"]
    (oidc,) = config["oidc"]
    assert (oidc["authority"], oidc["client_id"], oidc["scope"]) == (LOGIN.issuer, "viewer", "openid")
    sources = [source["configuration"] for source in config["dataSources"]]
    assert [source["qidoRoot"] for source in sources] == [
        "/dcm4chee-arc/aets/DCM4CHEE/rs",
        "/dcm4chee-arc/aets/A.B_c-2/rs",
    ]
    assert {source["dicomUploadEnabled"] for source in sources} == {True}
    assert config["defaultDataSourceName"] == "DCM4CHEE"


def test_after_signing_out_there_is_a_page_that_says_so(gateway: Gateway) -> None:
    assert b"You are signed out" in gateway.nginx.ask("GET", "/viewer/signed-out").body


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/viewer/", 405),
        ("PUT", "/viewer", 405),
        ("DELETE", f"/viewer/{SCRIPT}", 405),
        ("OPTIONS", "/viewer/", 405),
        ("POST", "/viewer/app-config.js", 405),
        ("POST", "/viewer/signed-out", 405),
        ("GET", "/viewer/app-confi%67.js", 403),
        ("GET", "/viewer/signed-ou%74", 403),
        ("GET", "/viewer/none.js", 404),
        ("GET", "/viewer/viewer.conf", 404),
        ("GET", "/viewer/.env", 404),
        ("GET", "/viewerx", 403),
        ("GET", "/viewerx/", 403),
        ("GET", "/Viewer/", 403),
        ("GET", "/viewe%72/", 403),
        ("GET", "/viewer%2f", 403),
        ("GET", "/viewer/%2e%2e/viewer.conf", 403),
        ("GET", "/viewer/..%2fviewer.conf", 403),
        ("GET", "/viewer/../dcm4chee-arc/aets/DCM4CHEE/rs/studies", 403),
        ("GET", "/viewer/..;/dcm4chee-arc/ctrl/stop", 403),
        ("GET", "/viewer;x", 403),
        ("GET", "/x/viewer/", 403),
        ("GET", "/dcm4chee-arc/viewer/", 403),
        ("GET", QIDO, 403),
    ],
)
def test_what_only_looks_like_the_viewer_is_refused_and_reaches_no_archive(
    method: str, target: str, status: int, gateway: Gateway
) -> None:
    answer, received = gateway.forwarded(method, target, headers={"Host": DOMAIN})
    assert (answer.status, received) == (status, [])


def test_with_a_token_dicomweb_is_there_as_before(gateway: Gateway) -> None:
    token = KEY.token({**claims_of(LOGIN.issuer, LOGIN.audience), **CLAIMS})
    answer, received = gateway.forwarded("GET", QIDO, headers={"Host": DOMAIN, "Authorization": f"Bearer {token}"})
    assert (answer.status, len(received)) == (200, 1)
    assert answer.headers["Content-Security-Policy"] is None


def test_the_log_has_neither_the_code_of_a_login_nor_a_study(gateway_of: Callable[..., Gateway], built: Path) -> None:
    needs_njs()
    gateway = gateway_of(edition=Edition(login=True, viewer=True), login=LOGIN, viewer=built)
    for target in (
        "/viewer/callback?code=SECRET",
        "/viewer/viewer?StudyInstanceUIDs=SECRET",
        "/viewer/SECRET",
        "/viewer?x=SECRET",
    ):
        assert gateway.nginx.ask("GET", target).status == 200
    lines = gateway.nginx.logged(4)
    assert {(line["class"], line["path"], line["status"]) for line in lines} == {("viewer", "/viewer/", 200)}
    assert "SECRET" not in gateway.nginx.log


def test_on_the_intranets_side_there_is_no_viewer(gateway_of: Callable[..., Gateway], built: Path) -> None:
    needs_njs()
    gateway = gateway_of(
        edition=Edition(login=True, viewer=True),
        side="intranet",
        domain="172.18.92.192:8080",
        scheme="http",
        viewer=built,
    )
    for target in ("/viewer", "/viewer/", "/viewer/app-config.js", f"/viewer/{SCRIPT}", "/viewer/signed-out"):
        assert gateway.nginx.ask("GET", target).status == 403


def test_where_others_let_people_in_the_viewer_asks_for_no_login_and_the_domain_for_a_signature(
    gateway_of: Callable[..., Gateway], built: Path
) -> None:
    gateway = gateway_of(edition=Edition(viewer=True), viewer=built, viewer_upload=True)
    page = gateway.nginx.ask("GET", "/viewer/")
    assert page.body.decode().startswith(PAGE)
    assert (page.status, "connect-src 'self' ; " in page.headers["Content-Security-Policy"]) == (200, True)
    config = gateway.nginx.ask("GET", "/viewer/app-config.js").body.decode()
    left = loaded(config, "/viewer/")
    assert ("oidc" in left["config"], left["stopped"], left["asked"]) == (False, False, [])
    assert "https://" not in config
    # Function Compute has judged the signature: NGINX asks for nothing more.
    answer, received = gateway.forwarded("GET", QIDO, headers={"Host": DOMAIN})
    assert (answer.status, len(received)) == (200, 1)
    assert gateway.nginx.ask("GET", "/viewer/..%2fdcm4chee-arc/ctrl/stop").status == 403
