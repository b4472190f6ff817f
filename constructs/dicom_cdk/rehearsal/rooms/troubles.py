"""Troubles of a host that runs, each for a while: what an alarm on numbers is there for."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.stage import CHRONYC, Stage

L, G, ARCHIVE = "directory/l", "directory/g", "archive/host"
LOG = "/var/local/dicom/wildfly/log/server.log"
ENTRY = "2026-11-29 12:00:02,301+0800 {} [org.dcm4che3.net.Association] (EE-1) DCM4CHEE<-CT1(1) {}\n"
STORED = " << 1:C-STORE-RSP[pcid=1, status=0H"
REFUSED = " << 1:C-STORE-RSP[pcid=1, status=a700H"
REJECTED = " << A-ASSOCIATE-RJ[result: 1"
NOT_WRITTEN = "Failed to store received object"
PORT = 9443


@contextmanager
def disks(host: ScratchHost, percent: int) -> Iterator[None]:
    """The disks here are this machine's own, so how full they are is said by a stand-in."""
    host.stand_in("df", f"printf 'Use%%\\n {percent}%%\\n'")
    try:
        yield
    finally:
        (host.programs / "df").unlink()


@contextmanager
def _fuller(host: ScratchHost) -> Iterator[None]:
    with disks(host, 85):
        yield
    host.stand_in("df", "printf 'Use%%\\n 20%%\\n'")


@contextmanager
def _no_engine(host: ScratchHost) -> Iterator[None]:
    running = host.root / "run/docker.pid"
    away = running.rename(running.with_name("docker.pid.away"))
    yield
    away.rename(running)


@contextmanager
def _clock_off(host: ScratchHost) -> Iterator[None]:
    host.stand_in("chronyc", CHRONYC.replace("0.000400", "0.700000"))
    yield
    host.stand_in("chronyc", CHRONYC)


@contextmanager
def _old_backup(host: ScratchHost) -> Iterator[None]:
    last = host.root / "var/local/dicom/ldap-backup.last"
    there = last.exists()
    last.touch()
    before = last.stat().st_mtime
    os.utime(last, (before - 31 * 3600,) * 2)
    yield
    os.utime(last, (before,) * 2)
    if not there:
        last.unlink()


@contextmanager
def ended(stage: Stage, path: str) -> Iterator[None]:
    """The container's process is gone; its step brings it back, as systemd does on a host."""
    host = stage.hosts[path]
    process = (host.root.parent / "container/pid").read_text()
    host.run("kill", f"-{signal.SIGKILL.value}", process)
    while Path(f"/proc/{process}/exe").exists():
        time.sleep(0.02)
    yield
    stage.must(next(step for step in stage.site.steps if step.host == path and step.entry in ("up", "prepare")))


def stored(host: ScratchHost, images: int) -> None:
    """As the archive logs images that it took."""
    with (host.root / LOG[1:]).open("a") as file:
        file.writelines([ENTRY.format("INFO", STORED)] * images)


@contextmanager
def _queues(host: ScratchHost, **counts: int) -> Iterator[None]:
    file = host.root.parent / "container/queues"
    file.write_text(json.dumps(counts))
    yield
    file.unlink()


@contextmanager
def _logged(host: ScratchHost, level: str, text: str, *, times: int = 1) -> Iterator[None]:
    with (host.root / LOG[1:]).open("a") as file:
        file.writelines([ENTRY.format(level, text)] * times)
    yield


def _certificate(folder: Path, days: int) -> None:
    """key.pem and certificate.pem in `folder`, for so many days more."""
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        str(days),
    ]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*made, "-subj", "/CN=rehearsed", *files], check=True, capture_output=True)


@contextmanager
def _ending_keystore(host: ScratchHost) -> Iterator[None]:
    keys, password = host.root / "var/local/dicom/keystore/key.p12", host.root / "run/dicom/secrets/archive-keystore"
    before = keys.read_bytes()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _certificate(folder, 20)
        pair = ["-in", str(folder / "certificate.pem"), "-inkey", str(folder / "key.pem")]
        made = ["openssl", "pkcs12", "-export", *pair, "-passout", f"file:{password}", "-out", str(folder / "key.p12")]
        subprocess.run(made, check=True, capture_output=True)
        keys.write_bytes((folder / "key.p12").read_bytes())
    yield
    keys.write_bytes(before)


@contextmanager
def domain(host: ScratchHost, *, days: int, port: int = PORT) -> Iterator[str]:
    """What the gateway's domain shows, on the host's own loopback: a certificate of so many days. Gives its name and port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _certificate(folder, days)
        files = ["-key", str(folder / "key.pem"), "-cert", str(folder / "certificate.pem")]
        server = subprocess.Popen(
            [*host.into, "openssl", "s_server", "-accept", f"127.0.0.1:{port}", *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            # It says ACCEPT once it listens.
            while (said := server.stdout.readline() if server.stdout else b"") and b"ACCEPT" not in said:
                pass
            yield f"127.0.0.1:{port}"
        finally:
            server.kill()
            server.communicate()


@contextmanager
def _ending_domain(host: ScratchHost) -> Iterator[None]:
    values = "/opt/dicom/watch/values.json"
    before = host.read(values)
    with domain(host, days=20, port=PORT + 1) as shown:
        host.put(values, json.dumps(json.loads(before) | {"gateway_domain": shown}))
        yield
    host.put(values, before)


@dataclass(frozen=True)
class Trouble:
    """`made` on `host`, it fires `alarm` once it lasts for so many `lines`."""

    alarm: str
    host: str
    lines: int
    made: AbstractContextManager[None]


def troubles(stage: Stage) -> Sequence[Trouble]:
    """Of single hosts; those of the pair are in alarms."""
    l_node, g_node, archive = (stage.hosts[path] for path in (L, G, ARCHIVE))
    return (
        Trouble("host-silent", G, 4, nullcontext()),
        Trouble("host-unwell", ARCHIVE, 2, _no_engine(archive)),
        Trouble("host-full", L, 1, _fuller(l_node)),
        Trouble("clock-off", G, 2, _clock_off(g_node)),
        Trouble("directory-backup", L, 3, _old_backup(l_node)),
        Trouble("archive-down", ARCHIVE, 2, ended(stage, ARCHIVE)),
        Trouble("queue-grows", ARCHIVE, 12, _queues(archive, SCHEDULED=1500)),
        Trouble("tasks-failed", ARCHIVE, 1, _queues(archive, FAILED=2)),
        Trouble("stores-failed", ARCHIVE, 1, _logged(archive, "INFO", REFUSED)),
        Trouble("storage-errors", ARCHIVE, 1, _logged(archive, "WARN", NOT_WRITTEN)),
        Trouble("associations-rejected", ARCHIVE, 1, _logged(archive, "INFO", REJECTED, times=11)),
        Trouble("keystore-ends", ARCHIVE, 1, _ending_keystore(archive)),
        Trouble("gateway-certificate-ends", ARCHIVE, 1, _ending_domain(archive)),
    )
