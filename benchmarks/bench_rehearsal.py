"""The gateway against the server behind it, the LDAP pair against its promises, a whole rehearsal against its limit.

Gateway: time through NGINX over time without it, the same requests in turn on kept connections, in one network namespace.
"""

import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.measure import Ratio, compare
from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import KIND, multipart
from dicom_cdk.rehearsal.gateway.nginx import Nginx, rendered
from dicom_cdk.rehearsal.gateway.orthanc import AE, PORT, Orthanc

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "cdktf.out/stacks/dicom-sh"
LISTEN = 8080
LDAP_SECONDS, AGAIN_SECONDS, REHEARSAL_SECONDS = 1.0, 8.0, 150.0


def ratios() -> Iterator[Ratio]:
    yield from _gateway()
    yield from _rehearsal()


def _gateway() -> Iterator[Ratio]:
    with ExitStack() as parts:
        folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="dicom-bench-")))
        folder.chmod(0o755)
        orthanc = Orthanc.start(folder / "orthanc")
        parts.callback(orthanc.stop)
        environment = gateway_function.environment(
            region="cn-shanghai", domain="pacs.example.com", ae_titles=["DCM4CHEE"], server_host="127.0.0.1",
            server_port=PORT, body_limit_mb=32,
        )  # fmt: skip
        environment["DICOM_LISTEN"] = f"127.0.0.1:{LISTEN}"
        configuration = rendered(PLAIN.files().text("default.conf.template"), environment)
        parts.callback(Nginx.start(folder / "nginx", configuration, None, into=orthanc.into).stop)
        large, small = image("BENCH", rows=2896), image("BENCH-SMALL")
        for one in (large, *(image(f"BENCH-{number}") for number in range(20))):
            _side(orthanc, PORT, 1, partial(_post, body=multipart(as_file(one))))()
        file = f"{AE}/rs/studies/{large.StudyInstanceUID}/series/{large.SeriesInstanceUID}/instances/{large.SOPInstanceUID}"
        cases: list[tuple[str, int, float, Callable[[http.client.HTTPConnection], None]]] = [
            ("QIDO of 20 studies", 200, 1 / 0.90, lambda to: _get(to, f"{AE}/rs/studies?limit=20")),
            ("STOW of 16 MiB", 4, 1 / 0.80, lambda to: _post(to, multipart(as_file(large)))),
            ("STOW of 1 KiB", 100, 1.10, lambda to: _post(to, multipart(as_file(small)))),
            ("WADO of 16 MiB", 8, 1 / 0.70, lambda to: _get(to, file)),
        ]
        for name, times, limit, call in cases:
            yield compare(
                f"{name} through the gateway / direct",
                _side(orthanc, LISTEN, times, call),
                _side(orthanc, PORT, times, call),
                limit=limit,
            )


def _side(
    orthanc: Orthanc, port: int, times: int, call: Callable[[http.client.HTTPConnection], None]
) -> Callable[[], float]:
    return lambda: orthanc.inside(lambda: _timed(port, times, call))


def _rehearsal() -> Iterator[Ratio]:
    start = time.perf_counter()
    said = _rehearse()
    seconds = time.perf_counter() - start
    visible = max(float(found) for found in re.findall(r"[lg]→[lg] ([\d.]+) s", said))
    yield Ratio("LDAP change visible on the peer / 1 s", visible / LDAP_SECONDS, 1, f"{visible:.2f} s")
    yield Ratio("rehearsal of all rooms / 150 s", seconds / REHEARSAL_SECONDS, 1, f"{seconds:.1f} s")
    said = _rehearse("directory", "--faults", "--every", "100000")
    again = [
        float(seconds) + float(found)
        for seconds, found in re.findall(r"([\d.]+) s  directory: [lg] ended by .*whole again after ([\d.]+) s", said)
    ]
    yield Ratio("LDAP pair whole again after a restart / 8 s", max(again) / AGAIN_SECONDS, 1, f"{max(again):.2f} s")


def _rehearse(*arguments: str) -> str:
    command = [sys.executable, "-m", "dicom_cdk.cli", "rehearse", *arguments, "--stack-dir", str(STACK)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _timed(port: int, times: int, call: Callable[[http.client.HTTPConnection], None]) -> float:
    connection = _connection(port)
    start = time.perf_counter()
    for _ in range(times):
        call(connection)
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def _get(connection: http.client.HTTPConnection, target: str) -> None:
    accept = 'multipart/related; type="application/dicom"' if "/instances/" in target else "application/dicom+json"
    connection.request("GET", target, headers={"Accept": accept})
    _answered(connection)


def _post(connection: http.client.HTTPConnection, body: bytes) -> None:
    connection.request("POST", f"{AE}/rs/studies", body, {"Content-Type": KIND})
    _answered(connection)


def _answered(connection: http.client.HTTPConnection) -> None:
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:300]!r}")
