"""Archive: the steps of the archive's container. The container itself is a stand-in: WildFly and dcm4chee are not here."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect, until
from dicom_cdk.rehearsal.machines import full_disk
from dicom_cdk.rehearsal.machines.engine_images import ONE_PULL
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.rooms import receiving
from dicom_cdk.rehearsal.rooms.archive_sessions import forgotten, sessions_killed
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage, machine_of

ROOM = "archive"
L, G = "directory/l", "directory/g"
VOLUME, LOG = "/var/local/dicom/wildfly", "/var/local/dicom/wildfly/log/server.log"
NOT_WAITING = {"REHEARSAL_LISTEN_SECONDS": "1"}
AGAIN_SECONDS = 60.0


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """All steps of the room, twice, and through faults."""
    steps = [step for step in stage.site.steps if step.room == ROOM]
    host = stage.hosts[steps[0].host]
    stage.database()
    with checks.check(ROOM, "in apply order: " + ", ".join(step.entry for step in steps)) as said:
        for step in steps:
            said[:] = [stage.must(step).strip().splitlines()[-1]]
    payload_checks.compose(stage, checks, ROOM, steps[0].host)
    with checks.check(ROOM, "every step again: the container stays"):
        before = _container(host)
        for step in steps:
            stage.must(step)
        expect(_container(host) == before, "the container was made anew")
    with checks.check(ROOM, "its log is on the host, in the site's time zone"):
        zone = ZoneInfo(steps[0].values["time_zone"])
        expect(
            _log(host).rpartition(" ")[0].split(" ")[1][-5:] == datetime.now(zone).strftime("%z"),
            f"it says {_log(host)}",
        )
    with checks.check(ROOM, "a rotated database password makes the container anew"):
        before = _container(host)
        name = stage.site.secret_names["database"]
        host.put("/run/dicom/secrets/database", stage.api.secrets[name] + "0", 0o600)
        stage.must(steps[0], generation="rotated")
        expect(_container(host) != before, "the old password is still in use")
        host.put("/run/dicom/secrets/database", stage.api.secrets[name], 0o600)
        stage.must(steps[0])
    if stage.receiving is not None:
        receiving.rehearse(stage, checks)
    if faults:
        _faults(stage, checks, host, steps)


def _faults(stage: Stage, checks: Checks, host: ScratchHost, steps: list[Step]) -> None:
    up, check = (next(step for step in steps if step.entry == entry) for entry in ("up", "check"))
    with checks.check(ROOM, "another image on a kept volume: its own programs run, log and data stay"):
        host.put(f"{VOLUME}/data/kept", "of before")
        image = f"{up.values['image']}-other"
        (stage.registry / image.replace("/", "_")).touch()
        lines = len(host.read(LOG).splitlines())
        stage.must(up, image=image)
        expect(f"arc-ear-{image.rpartition(':')[2]}-psql.ear" in _log(host), f"what runs is {_log(host)}")
        expect(len(host.read(LOG).splitlines()) > lines and host.read(f"{VOLUME}/data/kept") == "of before", "lost")
        stage.must(up)
    with checks.check(
        ROOM, "a registry's login that ends in the middle of the pulls: the rest is pulled with a new one"
    ):
        images = [up.values["image"], up.values["tools_image"]]
        for image in images:
            (host.root.parent / "engine" / image.replace("/", "_")).unlink(missing_ok=True)
        (stage.registry / ONE_PULL).touch()
        done = host.script("images.sh", *images, room="docker_host", more={"DICOM_IMAGES_SECONDS": "50"})
        (stage.registry / ONE_PULL).unlink()
        expect(
            done.returncode == 0 and done.stdout.count("pulled") == 2, f"{done.returncode}: {done.stdout}{done.stderr}"
        )
    with checks.check(ROOM, "disk full under it: said, and ready once there is room"):
        with full_disk.on(host.root / VOLUME[1:].rpartition("/")[0]):
            done = stage.run(up, seconds=10)
            expect(
                done.returncode == 1 and "No space left on device" in done.stderr,
                f"ended with {done.returncode}: {done.stderr[-500:]}",
            )
        stage.must(up)
    if not stage.balancer:
        return
    with checks.check(ROOM, "the directory is away when the container starts: it waits, and comes up by itself"):
        stage.network.address(machine_of(L), stage.balancer, remove=True)
        try:
            host.run("docker", "restart", "c0ffee", more=NOT_WAITING)
        finally:
            stage.network.address(machine_of(L), stage.balancer)
        until(lambda: _status(host) == "200", "STARTED after the directory is back", within=AGAIN_SECONDS)
    with checks.check(ROOM, "the directory hangs when it is deployed: broken for good, until cron restarts it"):
        with _hung(stage, L):
            host.run("docker", "restart", "c0ffee")
            expect(_status(host) == "500", f"ctrl/status answers {_status(host)}")
        expect(_status(host) == "500", "it mended itself, which the real one does not")
        cron = next(line for line in host.read("/etc/cron.d/dicom-archive").splitlines() if "unhealthy" in line)
        host.run("sh", "-c", cron.partition(" root ")[2])
        until(lambda: _status(host) == "200", "STARTED after the restart", within=AGAIN_SECONDS)
        expect("deployed" in _log(host).lower(), _log(host))
    with checks.check(
        ROOM, "a lost connection to the directory: the first reload is refused, the second works"
    ) as said:
        stage.network.address(machine_of(L), stage.balancer, remove=True)
        stage.network.address(machine_of(G), stage.balancer)
        try:
            host.put("/run/dicom/storage.changed", "")
            said[:] = re.findall("waiting for the archive .*", stage.must(check))
            expect(len(said) == 1, "no reload was refused")
        finally:
            stage.network.address(machine_of(G), stage.balancer, remove=True)
            stage.network.address(machine_of(L), stage.balancer)
    with checks.check(
        ROOM,
        "a balancer that forgets an idle session in silence: the directory has ended it before, and a reload works",
    ) as said:
        forgotten(stage, host, check, said)
    with checks.check(
        ROOM, "the archive's sessions with the database killed: one query is lost, the next has a new session"
    ) as said:
        sessions_killed(stage, host, check, said)
    with checks.check(ROOM, "a port that a reload leaves closed is opened by another"):
        stage.must(up)
        host.run("docker", "restart", "c0ffee")
        (host.root.parent / "container/bind-fails").touch()
        host.put("/run/dicom/storage.changed", "")
        stage.must(check)
        expect(f":{2762:04X} " in host.run("cat", "/proc/net/tcp").stdout, "2762 is closed")


@contextmanager
def _hung(stage: Stage, path: str) -> Iterator[None]:
    """A node's server takes connections and says nothing, for the block."""
    process = (stage.hosts[path].root.parent / "container/pid").read_text()
    stage.hosts[path].run("kill", f"-{signal.SIGSTOP.value}", process)
    try:
        yield
    finally:
        stage.hosts[path].run("kill", f"-{signal.SIGCONT.value}", process)


def _status(host: ScratchHost) -> str:
    url = "http://127.0.0.1:8080/dcm4chee-arc/ctrl/status"
    return host.run("curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}", url).stdout


def _container(host: ScratchHost) -> str:
    return (host.root.parent / "container" / "pid").read_text()


def _log(host: ScratchHost) -> str:
    """The last line that says what was deployed."""
    return host.read(LOG).splitlines()[-1]
