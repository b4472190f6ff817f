"""The viewer: how long until a study is seen in a real browser, what judging tokens costs, how much larger its image is.

Without Chromium or OHIF (`make ohif`) the rows that need them are left out.
"""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import yaml

from benchmarks.bench_rehearsal import _post, _timed
from benchmarks.measure import Ratio, compare
from benchmarks.unwatched_page import UnwatchedPage
from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN, Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.clients import pictures
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.gateway.nginx import Nginx
from dicom_cdk.rehearsal.gateway.orthanc import AE, PORT, Orthanc
from dicom_cdk.rehearsal.identity.tokens import SigningKey, claims_of
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.rehearsal.people.browser import SEEN, SIZE, chromium
from dicom_cdk.rehearsal.people.peoples_door import READER
from dicom_cdk.rehearsal.people.viewer_stand import ViewerStand
from dicom_cdk.rehearsal.people.viewer_walk import KEPT
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import staged
from dicom_cdk.settings.loader import load_site
from dicom_cdk.synth import synthesize

ROOT = Path(__file__).resolve().parent.parent
ISSUER, AUDIENCE, HOST = "https://login.example.com", "dicom", "pacs.example.com"
PLAIN_PORT, LOGIN_PORT = 8080, 8081
FIRST_SECONDS, AGAIN_SECONDS, IMAGE_MB = 6.0, 3.0, 60.0
SLOWER = 1 / 0.93
PEOPLE = 3
"""Who come, each with an empty cache; the median is said."""
LET_IN = """(user) => {
  const field = document.querySelector("input[name=user]");
  if (!field) return false;
  field.value = user;
  document.querySelector("button").click();
  return true;
}"""
"""At the provider: says who one is."""


def ratios() -> Iterator[Ratio]:
    with tempfile.TemporaryDirectory(prefix="dicom-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield from _tokens(folder / "tokens")
        try:
            yield from _seen(folder / "seen")
        except ProgramMissing:
            return


def _tokens(folder: Path) -> Iterator[Ratio]:
    """QIDO of 20 studies through a gateway that judges a token of RS256, and through one that does not."""
    key, login_edition = SigningKey("bench"), Edition(login=True)
    settings = {"region": "cn-shanghai", "domain": HOST, "ae_titles": ["DCM4CHEE"], "server_host": "127.0.0.1"}
    with ExitStack() as parts:
        orthanc = Orthanc.start(folder / "orthanc")
        parts.callback(orthanc.stop)
        for edition, port in ((PLAIN, PLAIN_PORT), (login_edition, LOGIN_PORT)):
            login = Login(ISSUER, AUDIENCE, (key.jwk,)) if edition.login else None
            environment = gateway_function.environment(**settings, server_port=PORT, edition=edition, login=login)  # type: ignore[arg-type]
            environment["DICOM_LISTEN"] = f"127.0.0.1:{port}"
            place = folder / f"nginx-{port}"
            parts.callback(Nginx.of_edition(place, edition.files(), environment, None, into=orthanc.into).stop)
        for number in range(20):
            body = multipart(as_file(image(f"BENCH-{number}")))
            orthanc.inside(partial(_timed, PORT, 1, partial(_post, body=body)))
        headers = {"Host": HOST, "Accept": "application/dicom+json"}
        token = {"Authorization": f"Bearer {key.token(claims_of(ISSUER, AUDIENCE, 7200))}"}

        def side(port: int, more: dict[str, str]) -> float:
            return orthanc.inside(partial(_timed, port, 200, partial(_get, headers={**headers, **more})))

        yield compare(
            "QIDO of 20 studies through the gateway with a token / without login",
            partial(side, LOGIN_PORT, token),
            partial(side, PLAIN_PORT, {}),
            limit=SLOWER,
        )


def _get(connection: http.client.HTTPConnection, headers: dict[str, str]) -> None:
    connection.request("GET", f"{AE}/rs/studies?limit=20", headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {answer.read()[:300]!r}")
    answer.read()


def _seen(folder: Path) -> Iterator[Ratio]:
    """Login included, by a program's hand; then with what the first has left in cache and session, once the browser has put away
    the scripts (20 s after the login, when the first study has long been seen): as somebody who comes back. Twice, and the slower
    visit is said, since what a visit takes away only the one after it lacks.
    """
    files = folder / "files"
    files.mkdir(parents=True)
    for file in Edition(login=True, viewer=True).files().files:
        (files / file.path).write_bytes(file.content)
    viewer = viewer_files.built(files / "viewer.sh", folder / "viewer")
    size = sum(file.stat().st_size for file in viewer.rglob("*") if file.is_file()) / 1e6
    yield Ratio("viewer in the image / 60 MB", size / IMAGE_MB, 1, f"{size:.1f} MB")
    settings = yaml.safe_load((ROOT / "examples/viewer.yaml").read_text())
    (folder / "site.yaml").write_text(yaml.safe_dump(settings))
    synthesize([load_site(folder / "site.yaml")], folder / "out")
    with staged(Site(folder / "out/stacks/dicom-viewer"), folder) as stage:
        stand = ViewerStand(stage, files, viewer)
        one = pictures.magnetic_resonance("MR-VIEWED")
        stand.store(one)
        started = stage.enter(
            chromium(stand.into, stand.names, stand.certificate, folder / "browser", folder / "pictures")
        )
        way = f"https://{stand.domain}/viewer/viewer?StudyInstanceUIDs={one.StudyInstanceUID}"
        visits = []
        for _ in range(PEOPLE):
            page = UnwatchedPage(started.session(), SIZE)
            first = _visit(page, way, login=True)
            page.until(KEPT, None, True)
            visits.append((first, _visit(page, way), _visit(page, way)))
            page.close()
    first, *again = (statistics.median(seconds) for seconds in zip(*visits, strict=True))
    yield Ratio("first study seen, empty cache, login included / 6 s", first / FIRST_SECONDS, 1, f"{first:.1f} s")
    yield Ratio("study seen on the second visit / 3 s", max(again) / AGAIN_SECONDS, 1, f"{max(again):.1f} s")


def _visit(page: UnwatchedPage, way: str, *, login: bool = False) -> float:
    """From the opened link until the picture that was stored stands on the canvas."""
    page.go("about:blank")
    began = time.perf_counter()
    page.go(way)
    if login:
        page.until(LET_IN, READER, True)
    page.until(SEEN, [0, pictures.SQUARES], pictures.squares("MR-VIEWED"))
    return time.perf_counter() - began
