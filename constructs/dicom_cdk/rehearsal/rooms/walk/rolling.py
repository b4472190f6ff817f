"""A change of release without a stop: instances of the archive that are changed one after the other, and a client that goes on.

The instances stand for the DICOMweb tier on SAE: machines of their own, with the directory, the database and the bucket of the
archive's host.
"""

import json
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydicom.dataset import Dataset

from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.clients.archive_loopback import ask
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.stage import Stage

WAIT_SECONDS = 60.0
PAUSE = 0.05
SECRET = "run/dicom/secrets/ldap-root"
VOLUME = "var/local/dicom/wildfly"


class Instances:
    """`names`: machines; each runs what the archive's host `host` (its path) runs, but for the image's release."""

    def __init__(self, stage: Stage, host: str, names: Sequence[str]) -> None:
        self.stage, self.names = stage, tuple(names)
        self._host = stage.hosts[host]
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for at, name in enumerate(names, 1):
            stage.machine(name, f"198.18.1.{at}")
            root = self._root(name)
            (root / SECRET).parent.mkdir(parents=True)
            (root / SECRET).write_text(self._host.read(f"/{SECRET}"))
            # The shared folder is the same one.
            (root / "mnt").symlink_to(self._host.root / "mnt")
        stage.until_end(self.end)

    def change(self, name: str, release: str) -> None:
        """The instance ends and one of `release` starts in its place; waits until it says STARTED. Raises Expected."""
        self._end(name)
        life = json.loads((self._host.root.parent / "container/started-as").read_text())
        repository = life["environment"]["IMAGE"].rpartition(":")[0]
        given = {**life["environment"], "VOLUME": str(self._root(name) / VOLUME), "IMAGE": f"{repository}:{release}"}
        with (self.stage.folder / name / "log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*self.stage.network.on(name), *life["command"]],
                env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.answers(name):
            said = (self.stage.folder / name / "log").read_text()[-800:]
            expect(self._running[name].poll() is None and time.monotonic() < deadline, f"{name} did not start: {said}")
            time.sleep(PAUSE)

    def answers(self, name: str) -> bool:
        with suppress(OSError):
            return ask(self.stage, name, "GET", "ctrl/status")[0] == 200
        return False

    def program(self, name: str) -> str:
        """What the instance says it deployed last."""
        return (self._root(name) / VOLUME / "log/server.log").read_text().splitlines()[-1]

    def _root(self, name: str) -> Path:
        return self.stage.folder / name / "root"

    def _end(self, name: str) -> None:
        if running := self._running.pop(name, None):
            running.terminate()
            running.wait()

    def end(self) -> None:
        for name in self.names:
            self._end(name)


class Client:
    """Stores, counts and reads back through whichever instance answers, as behind a balancer, until `end`.

    `sent`: what was taken; `wrong`: what a user would have seen; `rounds`: how often all three were done.
    """

    def __init__(self, instances: Instances, title: str) -> None:
        self._instances, self._title = instances, title
        self.sent: list[Dataset] = []
        self.wrong: list[str] = []
        self.rounds = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()
        instances.stage.until_end(self._ended.set)

    def further(self, rounds: int = 2) -> None:
        """Waits until so many more rounds are done, or something went wrong. Raises Expected."""
        until, deadline = self.rounds + rounds, time.monotonic() + WAIT_SECONDS
        while self.rounds < until and not self.wrong:
            expect(time.monotonic() < deadline, f"{until - self.rounds} rounds of the client are missing")
            time.sleep(PAUSE)

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._ended.is_set():
            try:
                self._round()
            except (Expected, ValueError, KeyError) as error:
                self.wrong.append(str(error))
                return
            self.rounds += 1
            time.sleep(PAUSE)

    def _round(self) -> None:
        one = image("ROLLING")
        status, said = self._any("POST", f"aets/{self._title}/rs/studies", multipart(as_file(one)))
        expect(status == 200, f"a store was answered with {status}: {said!r}")
        self.sent.append(one)
        status, said = self._any("GET", f"aets/{self._title}/rs/studies/count")
        found = json.loads(said)["count"]
        expect(found >= len(self.sent), f"{found} studies are found, {len(self.sent)} were stored")
        for old in (self.sent[0], self.sent[len(self.sent) // 2], one):
            place = f"studies/{old.StudyInstanceUID}/series/{old.SeriesInstanceUID}/instances/{old.SOPInstanceUID}"
            status, content = self._any("GET", f"aets/{self._title}/rs/{place}")
            expect(status == 200 and content == as_file(old), f"{old.SOPInstanceUID} is not given: {status}")

    def _any(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """Of the first instance that answers well, another one first each time."""
        names, said = self._instances.names, []
        for turn in range(len(names)):
            name = names[(self.rounds + turn) % len(names)]
            try:
                status, content = ask(self._instances.stage, name, method, target, body)
            except OSError as error:
                said.append(f"{name}: {error}")
                continue
            if status < 500:
                return status, content
            said.append(f"{name}: HTTP {status}")
        raise Expected(f"nobody answers {method} {target}: {', '.join(said)}")
