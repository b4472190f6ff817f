"""One walk of a whole site from a release to another: its steps in the order of its stack, and what must hold at each.

Over 200 lines: one site, from its first step to its last.
"""

import json
from contextlib import suppress

from pydicom.dataset import Dataset

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms.directory_pair import G, L
from dicom_cdk.rehearsal.rooms.walk.directory import WALK_SECONDS
from dicom_cdk.rehearsal.rooms.walk.folder import folder_after, folder_before
from dicom_cdk.rehearsal.rooms.walk.walking import Walking
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.releases.path import path

ROOM = "upgrades"
KEPT = "/var/local/dicom/wildfly"
BEFORE, LOG = f"{KEPT}.before", f"{KEPT}/log/server.log"
MOVES = {
    "directory/prepare-g": "schema",
    "archive/backup": "backup",
    "archive/drain": "drain",
    "archive/upgrade": "upgrade",
    "directory/update-l": "data",
    "archive/up": "start",
    "archive/walked": "walked",
    "dicomweb/resume": "resume",
}
"""Steps of a stack that each begin something, in the order that they must have."""


def order_of(site: Site) -> tuple[str, ...]:
    """Moves as the steps of a stack that walks come; for one that does not, as they would."""
    found = tuple(MOVES[step.path] for step in site.steps if step.path in MOVES)
    return found if "upgrade" in found else tuple(MOVES.values())


class Walk:
    """From release `old` to `new`. What a method checks does not know which came before: in another order it fails."""

    def __init__(self, walking: Walking, checks: Checks, old: str, new: str) -> None:
        self._walking, self._checks, self._old, self._new = walking, checks, old, new
        self._stage, self._host, self._directory = walking.stage, walking.host, walking.directory
        self._path = path(old, new)
        self._name = f"{old} → {new}"
        self._sent: list[Dataset] = []
        self._studies, self._images = 0, 0
        self._rows: list[str] = []

    def go(self, order: tuple[str, ...]) -> None:
        """The site of before, the moves, all of it again. Raises RoomFailed."""
        self._stands()
        moves = {
            "schema": self._schema,
            "backup": self._backup,
            "drain": self._drain,
            "upgrade": self._upgrade,
            "data": self._data,
            "start": self._start,
            "walked": self._walked,
            "resume": self._resume,
        }
        for move in order:
            moves[move]()
        self._again()

    def _stands(self) -> None:
        stage, walking, old = self._stage, self._walking, self._old
        with self._checks.check(ROOM, f"a site of {old}: its archive answers, images are in the bucket") as said:
            self._directory.at(old)
            stage.must(walking.up, image=walking.image(old))
            # It keeps images from its next start on.
            walking.restarted()
            walking.stored(old)
            stage.must(walking.check)
            self._sent = [walking.send() for _ in range(3)]
            walking.born(old, self._sent)
            self._host.put(f"{KEPT}/data/kept", "of before")
            said.append(f"{walking.found()} studies")
        self._count()

    def _count(self) -> None:
        self._studies, self._rows, self._images = self._walking.found(), self._walking.rows(), len(self._sent)

    def _schema(self) -> None:
        directory, updates = self._directory, self._path.ldap
        with self._checks.check(
            ROOM,
            f"{self._name}: the directory's schema comes before its data, one node after the other; the old archive starts on it",
        ):
            if updates:
                directory.refused(updates, f"this image has no data of {updates[0]}")
            before = directory.content()
            directory.prepare(L, self._new)
            if updates:
                directory.refused(updates, "has another schema than this node")
            expect(self._walking.found() == self._studies, "the old archive no longer finds what it found")
            # Killed between the nodes: both again.
            for node in (L, G):
                directory.prepare(node, self._new)
            directory.equal()
            expect(directory.content() == before, "entries changed with the schema")
            self._walking.restarted()
            self._stage.must(self._walking.check)
            expect(self._walking.found() == self._studies, "the old archive no longer finds what it found")

    def _backup(self) -> None:
        walking = self._walking
        with self._checks.check(ROOM, f"{self._name}: database and directory are backed up, the old archive goes on"):
            self._directory.saved()
            told = self._stage.must(walking.step("backup", self._old, self._new))
            expect("of pgm-rehearsed is made" in told, f"it said {told}")
            expect(walking.found() == self._studies, "the old archive no longer finds what it found")

    def _drain(self) -> None:
        stage, walking = self._stage, self._walking
        step = walking.step("drain", self._old, self._new)
        with self._checks.check(
            ROOM, f"{self._name}: tasks at work end first; those that do not end keep every archive running"
        ):
            queues = self._host.root.parent / "container/queues"
            queues.write_text(json.dumps({"IN PROCESS": 2}))
            done = stage.run(step, more={"DICOM_DRAIN_SECONDS": "0.2"})
            expect(
                done.returncode == 1 and "tasks are still at work after 0 s: Export 2" in done.stderr,
                f"it said {done.stderr}",
            )
            expect(walking.found() == self._studies and walking.tier.status == "RUNNING", "an archive was stopped")
            queues.write_text(json.dumps({"IN PROCESS": [2, 1, 0]}))
            told = stage.must(step)
            expect(
                "waiting for tasks at work: Export 2\nwaiting for tasks at work: Export 1\n" in told, f"it said {told}"
            )
            expect(
                f"the archive finds {self._studies} studies and gives {self._images} images" in told, f"it said {told}"
            )
            queues.unlink()
        if walking.receiving:
            self._sent += folder_before(walking, self._checks, self._old, self._new, self._sent)
            self._count()

    def _upgrade(self) -> None:
        walking = self._walking
        with self._checks.check(ROOM, f"{self._name}: every archive stops, each update in its own transaction") as said:
            told = self._stage.must(walking.step("upgrade", self._old, self._new), limit=WALK_SECONDS)
            expect((walking.tier.status, walking.tier.running) == ("STOPPED", 0), "the DICOMweb tier runs")
            expect(told.index("is stopped") < told.index("update "), "an update before the stop")
            expect(walking.rows() == self._rows, f"rows {self._rows} are {walking.rows()}")
            said.append(f"{told.count(' is in')} updates")

    def _data(self) -> None:
        stage, walking, updates = self._stage, self._walking, self._path.ldap
        if not updates:
            return
        with self._checks.check(ROOM, f"{self._name}: the directory's data, one release after the other"):
            self._nobody_runs(f"while the directory's data becomes that of {updates[-1]}")
            told = stage.must(self._directory.step("update", updates), limit=WALK_SECONDS)
            expect(f"the directory's data is of {updates[-1]}" in told, f"it said {told}")
            self._directory.equal()
            self._nobody_runs("with the new data")
        with self._checks.check(ROOM, f"{self._name}: the old archive does not start on the new data any more"):
            self._host.run("docker", "restart", "c0ffee")
            status, _ = walking.ask("GET", "ctrl/status")
            log = self._host.read(LOG).splitlines()[-1]
            expect(
                status == 500 and f"-{self._old}-psql.ear failed: IllegalArgumentException" in log,
                f"it answers {status} and says {log}",
            )

    def _nobody_runs(self, when: str) -> None:
        tier = self._walking.tier
        expect((tier.status, tier.running) == ("STOPPED", 0), f"the DICOMweb tier of {self._old} runs {when}")
        with suppress(OSError):
            status, _ = self._walking.ask("GET", "ctrl/status")
            expect(False, f"an archive is up {when}: it answers {status}")

    def _start(self) -> None:
        stage, walking, host, new = self._stage, self._walking, self._host, self._new
        with self._checks.check(
            ROOM, f"{self._name}: the new image starts on the kept volume, its folders are its own"
        ):
            stage.must(walking.up, image=walking.image(new))
            stage.must(walking.check, walked_from=self._old, image=walking.image(new))
            expect(f"arc-ear-{new}-psql.ear" in host.read(LOG).splitlines()[-1], "another program runs")
            expect(host.read(f"{KEPT}/data/kept") == "of before", "data went")
            expect((host.root / BEFORE[1:] / "deployments").is_dir(), "the old image's folders are gone")
            expect(not (host.root / BEFORE[1:] / "may-go").exists(), "they may go before anything was looked at")
        if walking.receiving:
            folder_after(walking, self._checks, self._old, new, self._sent)

    def _walked(self) -> None:
        studies, images = self._studies, self._images
        with self._checks.check(
            ROOM, f"{self._name}: studies are found, images given, one stored; what is of before may go"
        ):
            told = self._stage.must(self._walking.step("walked", self._old, self._new))
            expect(
                f"{studies} studies are found, {studies} were before; all {images} images of before are given" in told,
                told,
            )
            self._walking.given(self._sent)
            expect((self._host.root / BEFORE[1:] / "may-go").exists(), "nobody said that it may go")

    def _resume(self) -> None:
        tier = self._walking.tier
        with self._checks.check(ROOM, f"{self._name}: the DICOMweb tier starts again, last of all"):
            self._stage.must(self._walking.step("resume", self._old, self._new))
            expect((tier.status, tier.running) == ("RUNNING", 2), f"it is {tier}")

    def _again(self) -> None:
        stage, walking, old, new = self._stage, self._walking, self._old, self._new
        with self._checks.check(
            ROOM, f"{self._name}: every step again changes nothing; the next `up` deletes what may go"
        ):
            shape, content = walking.shape(), self._directory.content()
            told = stage.must(walking.step("upgrade", old, new), limit=WALK_SECONDS)
            expect(f"is of {new} already" in told and walking.tier.running == 2, f"it said {told}")
            if self._path.ldap:
                stage.must(self._directory.step("update", self._path.ldap), limit=WALK_SECONDS)
            expect(self._directory.content() == content, "the directory changed")
            stage.must(walking.up, image=walking.image(new))
            expect(not (self._host.root / BEFORE[1:]).exists(), "it is there")
            expect(walking.shape() == shape, "the schema changed")
            walking.given(self._sent)
