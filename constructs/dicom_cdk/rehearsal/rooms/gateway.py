"""Gateway: the image step, then the shipped NGINX before a real DICOMweb server, from the public side and from a modality's.

Function Compute itself is not here: NGINX gets the function's environment and listens where the function would send to.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicom_cdk.rehearsal.checks import Checks, Expected, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, dataset_bytes, image
from dicom_cdk.rehearsal.clients.dicomweb_front import Front, Ways
from dicom_cdk.rehearsal.clients.hostile import turned_away
from dicom_cdk.rehearsal.clients.modality import send
from dicom_cdk.rehearsal.gateway.dicom_peers import ARCHIVE_LIKE, ECHO_ONLY, STORED_WITH_WARNING, peer
from dicom_cdk.rehearsal.gateway.guide_control import STOCK, TEMPLATE
from dicom_cdk.rehearsal.gateway.nginx import Nginx, rendered
from dicom_cdk.rehearsal.gateway.orthanc import Orthanc
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.rehearsal.watched import Watched

ROOM = "gateway"
GATEWAY, CONTROL, CLIENT, MODALITY = "198.18.0.20", "198.18.0.21", "198.18.0.30", "198.18.0.31"
DICOM_PORT = 11112
MANY = 6
"""Requests that fail, and that is one more than an alarm lets pass."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """The image step, then everything that a client may do or try."""
    del faults  # faults.py breaks the image step
    function = stage.site.function
    step = next((each for each in stage.site.steps if each.room == ROOM), None)
    if step is None or not function:
        checks.skip(ROOM, "everything", "the site runs a gateway image of its own, which is not here")
        return
    with checks.check(ROOM, "image: built on the site's base, pushed; again: left alone") as said:
        said.append(stage.must(step).strip().splitlines()[-1])
        expect((stage.registry / step.values["image"].replace("/", "_")).exists(), "the registry has no such image")
        stage.hosts[step.host].forget()
        stage.must(step)
        calls = [call for call in stage.hosts[step.host].calls() if call.startswith(("docker build", "docker push"))]
        expect(not calls, f"the second run did {calls}")
    for program, package in (("Orthanc", "orthanc"), ("nginx", "nginx"), ("envsubst", "gettext-base")):
        need(program, package)
    with checks.check(ROOM, "start: environment of the function accepted, NGINX takes the configuration"):
        stand = _Stand(stage, stage.hosts[step.host].root / "opt/dicom/gateway/current")
    ways = Ways(stand.front, function)
    with checks.check(ROOM, "STOW: small, large, exactly the limit") as said:
        said.append(ways.store_up_to_the_limit())
    with checks.check(ROOM, "STOW above the limit: refused, with and without Content-Length, and says the way out"):
        ways.refused_above_the_limit()
    with checks.check(ROOM, "QIDO: filters, limit, offset give exactly what was meant"):
        ways.filters()
    with checks.check(ROOM, "WADO: metadata, instance, frame, WADO-URI; pixels equal"):
        ways.retrieves()
    with checks.check(ROOM, "slashes and commas as clients write them get what the plain target gets") as said:
        said.append(ways.as_clients_write_it())
    with checks.check(ROOM, "RetrieveURL names the public address, whatever the client plants"):
        ways.public_name()
    with checks.check(ROOM, "hostile targets, methods and framing end at the gateway") as said:
        said.append(turned_away(stand.front))
    with checks.check(ROOM, "no query and no refused path in the log"):
        log = (stand.folder / "access.log").read_text()
        expect("PatientID" not in log and "ctrl" not in log and "REHEARSED" not in log, f"the log says {log[-400:]}")
    with checks.check(ROOM, "DICOMweb service down: 502 with a sentence; back: answers again"):
        stand.orthanc.stop()
        for _ in range(MANY):
            answer = stand.front.ask("GET", f"{stand.front.path}/rs/studies")
            expect(answer.status == 502 and b"try again" in answer.body, f"{answer.status}: {answer.body[:200]!r}")
        stand.start_server()
        answer = stand.front.ask("GET", f"{stand.front.path}/rs/studies")
        expect(answer.status == 200, f"{answer.status} after it was back")
    _alarms(stage, checks, stand.folder / "access.log")
    with checks.check(ROOM, "a modality's way: C-STORE, found by QIDO, retrieved, bytes equal"):
        one = image("REHEARSED-MODALITY", rows=256)
        stage.network.inside("modality", lambda: send(one, function["DICOM_SERVER_HOST"], DICOM_PORT, stand.ae_title))
        found = ways.search({"PatientID": "REHEARSED-MODALITY"})
        expect(len(found) == 1, f"QIDO finds {len(found)} studies")
        same = dataset_bytes(ways.file(one)) == dataset_bytes(as_file(one))
        expect(same, "the retrieved data set differs from what was sent")
    with checks.check(
        ROOM, "a modality before peers as real ones are: implicit only, only echo, stored with a warning"
    ):
        stage.network.inside("modality", _peers)
    with checks.check(ROOM, "control: the guide's literal template fails what ours passes"), _control(stand) as guide:
        ways.fail_on(guide)


def _alarms(stage: Stage, checks: Checks, log: Path) -> None:
    """Of the log's lines as Function Compute brings them: those with errors, and all others."""
    watched = Watched(stage)
    if "gateway-errors" not in watched.alarms:
        checks.skip(ROOM, "alarms on requests", "the site has none on logs")
        return
    with checks.check(ROOM, "alarm gateway-errors: fired by answers of 502, and by nothing else in the log") as said:
        written = log.read_text().splitlines()
        failed = [line for line in written if json.loads(line)["status"] >= 500]
        watched.request(*(line for line in written if line not in failed))
        expect(not watched.fired("gateway"), f"fired: {watched.fired('gateway')}")
        watched.request(*failed)
        expect(watched.fired("gateway") == {"gateway-errors"}, f"fired: {watched.fired('gateway')}")
        said.append(f"{len(written)} lines, {len(failed)} of 5xx")


class _Stand:
    """Gateway, DICOMweb server, client and modality, each on its machine."""

    def __init__(self, stage: Stage, files: Path) -> None:
        self.stage, self.function = stage, stage.site.function
        self.ae_title = re.sub(r"\[\.\]", ".", self.function["DICOM_AE_TITLES"].split("|")[0])
        path = f"/dcm4chee-arc/aets/{self.ae_title}"
        self._into = stage.machine("dicomweb", self.function["DICOM_SERVER_HOST"])
        stage.machine("client", CLIENT)
        stage.machine("modality", MODALITY)
        self._path = path
        self.start_server()
        stage.until_end(lambda: self.orthanc.stop())
        into = stage.machine("gateway", GATEWAY)
        self.folder = stage.folder / "gateway" / "prefix"
        nginx = Nginx.from_image(files, self.function, self.folder, into, viewer_files.none(stage.folder / "no-viewer"))
        stage.until_end(nginx.stop)
        self.front = Front(stage.network, GATEWAY, int(self.function["DICOM_LISTEN"]), path, self.function)

    def start_server(self) -> None:
        port = int(self.function["DICOM_SERVER_PORT"])
        folder = self.stage.folder / "dicomweb"
        self.orthanc = Orthanc.start(folder, into=self._into, port=port, path=self._path, dicom_port=DICOM_PORT)


def _peers() -> None:
    """One image to each; only echo has to be told as what it is."""
    one = image("REHEARSED-PEERS")
    with peer(ARCHIVE_LIKE, address=MODALITY) as port:
        expect(send(one, MODALITY, port, "ARC") == 0, "a peer that echoes by Implicit VR only has not stored")
    with peer(ARCHIVE_LIKE, store=STORED_WITH_WARNING, address=MODALITY) as port:
        expect(send(one, MODALITY, port, "ARC") == STORED_WITH_WARNING, "a warning is not told")
    with peer(ECHO_ONLY, address=MODALITY) as port:
        try:
            send(one, MODALITY, port, "ARC")
        except Expected as refused:
            expect(str(one.SOPClassUID) in str(refused), f"it says {refused}")
        else:
            raise Expected("a peer that only echoes is taken for one that stores")


@contextmanager
def _control(stand: _Stand) -> Iterator[Front]:
    """The guide's template, filled in as the guide does, before the same server."""
    into = stand.stage.machine("control", CONTROL)
    environment = {
        "DICOM_CUSTOM_DOMAIN": stand.function["DICOM_CUSTOM_DOMAIN"] or "dicomweb.example.com",
        "DICOM_FUNCTION_PATH": stand.function["DICOM_FUNCTION_PATH"] or "2016-08-15/proxy/dicomweb.LATEST/do",
        "DICOM_SERVER_HOST": stand.function["DICOM_SERVER_HOST"],
        "DICOM_SERVER_PORT": stand.function["DICOM_SERVER_PORT"],
        "DICOM_LISTEN": "80",
    }
    folder = stand.stage.folder / "control" / "prefix"
    folder.parent.mkdir()
    nginx = Nginx.start(folder, rendered(TEMPLATE, environment), None, main=STOCK, into=into)
    try:
        path = f"/{environment['DICOM_FUNCTION_PATH']}{stand.front.path}"
        yield Front(stand.stage.network, CONTROL, 80, path, stand.function)
    finally:
        nginx.stop()
