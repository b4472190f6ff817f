"""Filter: what a hospital's machine gets of DICOMweb, and that nothing else of the archive's HTTP is in its reach.

The stack's security groups stand before the machines as the kernel's own rules. SAE and its balancers are not here: the filter and
the DICOMweb service have the balancers' addresses themselves, as layer 4 shows clients' addresses to who is behind it.
"""

import http.client
from contextlib import closing
from functools import partial
from ipaddress import IPv4Network

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, dataset_bytes, image, padded_to
from dicom_cdk.rehearsal.clients.dicomweb_front import KIND, MIB, Front, Ways, multipart
from dicom_cdk.rehearsal.clients.hostile import turned_away
from dicom_cdk.rehearsal.cloud.security_groups import opened
from dicom_cdk.rehearsal.gateway.nginx import Nginx
from dicom_cdk.rehearsal.people import viewer_files
from dicom_cdk.rehearsal.rooms.gateway import GATEWAY
from dicom_cdk.rehearsal.stage import Stage, machine_of

ROOM = "filter"
ARCHIVE = "archive/host"
STRANGER = "198.18.0.40"
HTTP = (8080, 8443)


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """Security groups up; what passes, what does not, what operators have; then each barrier alone."""
    del faults  # it has no script
    function, environment = stage.site.function, stage.site.filter
    if not function or "dicomweb" not in stage.network.machines or ARCHIVE not in stage.hosts:
        checks.skip(
            ROOM, "everything", "without the gateway's image, built here, there is nothing to run as the filter"
        )
        return
    hospital = _address_in(stage.site.networks[0]) if stage.site.networks else STRANGER
    stage.machine("hospital", hospital)
    archive, server = stage.site.hosts[ARCHIVE].private_ip, function["DICOM_SERVER_HOST"]
    own = [(server, int(function["DICOM_SERVER_PORT"])), *((archive, port) for port in HTTP)]
    front = _front(stage, environment) if environment else None
    with checks.check(ROOM, "security groups of the stack before archive, DICOMweb and filter"):
        members = {"gateway": GATEWAY, "archive": archive, "dicomweb": server}
        members |= {"filter": front.address} if front else {}
        rooms = {"archive": machine_of(ARCHIVE), "dicomweb": "dicomweb", **({"filter": "filter"} if front else {})}
        for room, machine in rooms.items():
            stage.network.guard(machine, opened(stage.site, room, members))
    if front is not None:
        with checks.check(ROOM, "a hospital: STOW, QIDO, WADO give back what was sent, RetrieveURL names the filter"):
            _dicomweb(front)
        with checks.check(
            ROOM, "a hospital: a body above the gateway's limit passes, one above the filter's is refused"
        ):
            _large(front, int(function["DICOM_BODY_LIMIT_MB"]) + 1, int(environment["DICOM_BODY_LIMIT_MB"]))
        with checks.check(
            ROOM, "a hospital: console, storage page, control, reject, delete, hostile targets end here"
        ) as said:
            said.append(turned_away(front))
    with checks.check(ROOM, "the archive's own HTTP: not within a hospital's reach; the gateway reaches DICOMweb's"):
        for address, port in own:
            expect(
                not stage.network.reaches("hospital", address, port),
                f"{hospital} reaches {address}:{port}, the archive itself",
            )
        expect(stage.network.reaches("gateway", *own[0]), f"the gateway does not reach {own[0][0]}:{own[0][1]}")
    with checks.check(
        ROOM, "operators: console and storage page on the archive host's own loopback, where a tunnel ends"
    ):
        for path, holds in (("ui2/", "console"), ("storage", "credential="), ("ctrl/status", "STARTED")):
            status, text = stage.network.inside(machine_of(ARCHIVE), partial(_get, "127.0.0.1", path))
            expect(status == 200 and holds in text, f"{path} answers {status}: {text[:80]}")
    with checks.check(ROOM, "control: without its group DICOMweb's port is open, the archive host's stays on loopback"):
        for machine in ("dicomweb", machine_of(ARCHIVE)):
            stage.network.unguard(machine)
        expect(
            stage.network.reaches("hospital", *own[0]),
            "nothing was there to be guarded: the checks above prove nothing",
        )
        for address, port in own[1:]:
            expect(
                not stage.network.reaches("hospital", address, port),
                f"{address}:{port} is published beyond the loopback",
            )


def _front(stage: Stage, environment: dict[str, str]) -> Front:
    """The filter as its container starts, on the balancer's address."""
    address = environment["DICOM_CUSTOM_DOMAIN"].partition(":")[0]
    into = stage.machine("filter", address)
    files = stage.hosts[ARCHIVE].root / "opt/dicom/gateway/current"
    viewer = viewer_files.none(stage.folder / "no-viewer")
    nginx = Nginx.from_image(files, environment, stage.folder / "filter" / "prefix", into, viewer)
    stage.until_end(nginx.stop)
    title = environment["DICOM_AE_TITLES"].split("|")[0].replace("[.]", ".")
    path = f"/dcm4chee-arc/aets/{title}"
    return Front(stage.network, address, int(environment["DICOM_LISTEN"]), path, environment, machine="hospital")


def _dicomweb(front: Front) -> None:
    ways, one = Ways(front, front.function), image("REHEARSED-HOSPITAL", rows=256)
    answer = front.ask("POST", f"{front.path}/rs/studies", {"Content-Type": KIND}, multipart(as_file(one)))
    expect(answer.status == 200, f"STOW got {answer.status}")
    found = ways.search({"PatientID": "REHEARSED-HOSPITAL"})
    expect(len(found) == 1, f"QIDO finds {len(found)} studies")
    expect(
        dataset_bytes(ways.file(one)) == dataset_bytes(as_file(one)),
        "the retrieved data set differs from what was sent",
    )
    ways.public_name()


def _large(front: Front, passes_mib: int, limit_mib: int) -> None:
    target = f"{front.path}/rs/studies"
    body = padded_to(passes_mib * MIB, multipart, image("REHEARSED-HOSPITAL-LARGE"))
    answer = front.ask("POST", target, {"Content-Type": KIND}, body)
    expect(answer.status == 200, f"{passes_mib} MiB got {answer.status}")
    head = f"POST {target} HTTP/1.1\r\nHost: {front.host}\r\nContent-Length: {limit_mib * MIB + 1}\r\n\r\n"
    answer = front.raw(head.encode())
    expect(
        answer.status == 413 and b"C-STORE" in answer.body,
        f"above {limit_mib} MiB: {answer.status} {answer.body[:200]!r}",
    )


def _address_in(network: str) -> str:
    """An address of a hospital's network."""
    found = IPv4Network(network)
    return str(found[min(10, found.num_addresses - 1)])


def _get(address: str, path: str) -> tuple[int, str]:
    with closing(http.client.HTTPConnection(address, HTTP[0], timeout=10)) as connection:
        connection.request("GET", f"/dcm4chee-arc/{path}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
