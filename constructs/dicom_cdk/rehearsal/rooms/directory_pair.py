"""The directory's pair as its steps leave it: read, written, ended, emptied, saved and restored."""

import re
import signal
import time
from pathlib import Path

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM = "directory"
L, G = "directory/l", "directory/g"
AGAIN_SECONDS = 60
"""A node that was away is whole again within this."""
END_SECONDS = 30


class Pair:
    """Both nodes, by the paths of their hosts."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.steps: list[Step] = [step for step in stage.site.standing if step.room == ROOM]
        self.base: str = self.steps[0].values["base_dn"]
        self._device = (
            f"dicomDeviceName={self.steps[0].values['device_name']},cn=Devices,cn=DICOM Configuration,{self.base}"
        )

    def step(self, entry: str, path: str) -> Step:
        return next(step for step in self.steps if step.entry == entry and step.host == path)

    def content(self) -> list[str]:
        """All entries of both nodes with their change numbers."""
        wanted = ("-LLL", "-o", "ldif-wrap=no", "-b", self.base, "*", "entryCSN")
        return [self._stage.ldap(path, "ldapsearch", *wanted).stdout for path in (L, G)]

    def processes(self) -> list[str]:
        return [self._container(path, "pid") for path in (L, G)]

    def write(self, path: str, text: str, dn: str = "") -> None:
        """Note `text` in the archive's device entry, or another, on one node; what a step noted there stays."""
        verb = "add" if dn else "replace"
        name = _note(dn)
        ldif = f"dn: {dn or self._device}\nchangetype: modify\n{verb}: {name}\n{name}: {text}\n"
        done = self._stage.ldap(path, "ldapmodify", text=ldif)
        expect(done.returncode == 0, f"{path} took no write: {done.stderr}")

    def seen(self, path: str, text: str, dn: str = "", *, seconds: float = AGAIN_SECONDS) -> float:
        """Seconds until a node has the note."""
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            found = self._stage.ldap(path, "ldapsearch", "-LLL", "-s", "base", "-b", dn or self._device, _note(dn))
            if f"{_note(dn)}: {text}" in found.stdout:
                return time.perf_counter() - start
            time.sleep(0.02)
        raise AssertionError(f"{path} has not seen {text!r} after {seconds:.0f} s")

    def verified(self) -> None:
        self._stage.must(self.step("verify", G))

    def end(self, path: str, sign: signal.Signals) -> None:
        end_server(self._stage.hosts[path], sign)

    def empty(self, path: str) -> None:
        emptied(self._stage.hosts[path])

    def backup_and_restore(self) -> None:
        host = self._stage.hosts[L]
        self.write(L, "worth keeping")
        self.seen(G, "worth keeping")
        done = _script(host, "backup.sh")
        expect(done[0] == 0, f"backup ended with {done[0]}: {done[1]}")
        found = re.search(r"backup (\S+)", done[1])
        expect(found is not None, f"backup named no key: {done[1]}")
        self.write(L, "a mistake")
        self.seen(G, "a mistake")
        self.end(G, signal.SIGTERM)
        for path in (L, G):
            done = _script(self._stage.hosts[path], "restore.sh", found[1] if found else "")
            expect(done[0] == 0, f"restore on {path} ended with {done[0]}: {done[1]}")
        self.verified()
        self.seen(L, "worth keeping")
        self.seen(G, "worth keeping")

    def _container(self, path: str, file: str) -> str:
        return (self._stage.hosts[path].root.parent / "container" / file).read_text()


def end_server(host: ScratchHost, sign: signal.Signals) -> None:
    """End a node's server; it first finishes what replication has begun, seconds at times."""
    number = (host.root.parent / "container/pid").read_text()
    host.run("kill", f"-{sign.value}", number)
    until = time.monotonic() + END_SECONDS
    while _runs(number):
        expect(time.monotonic() < until, f"slapd runs on {END_SECONDS} s after {sign.name}")
        time.sleep(0.02)


def emptied(host: ScratchHost) -> None:
    """A new, empty data disk."""
    for file in (host.root / "var/local/dicom/ldap").iterdir():
        if file.is_file():
            file.unlink()


def _note(dn: str) -> str:
    """Where a note goes: a device has no `description` of its own."""
    return "description" if dn else "dicomDescription"


def _script(host: ScratchHost, name: str, *arguments: str) -> tuple[int, str]:
    done = host.script(name, *arguments, room=ROOM, more={"DICOM_SECONDS": "40"})
    return done.returncode, done.stdout + done.stderr


def _runs(process: str) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
