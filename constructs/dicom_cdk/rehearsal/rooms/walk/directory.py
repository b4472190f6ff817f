"""The directory of a site whose release changes: both nodes' image, schema and data, as its own steps leave them."""

import re
import signal
from collections.abc import Sequence

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.command import Command
from dicom_cdk.rehearsal.archive.stand_in_releases import data_of
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.machines import ldap_image
from dicom_cdk.rehearsal.rooms.directory_pair import ROOM, G, L, emptied, end_server
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import FIRST_MINOR, ldap_between, number

SECONDS = 3600
WALK_SECONDS = 240
"""A step may take longer here than another: it runs many programs one after the other."""


class WalkingDirectory:
    """The pair; `release` of each call is the archive's."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._steps = [step for step in stage.site.standing if step.room == ROOM]
        self._values = self._step("prepare", L).values

    def image(self, release: str) -> str:
        """slapd-dcm4chee of a release, in the registry from now on."""
        name = f"{self._values['image'].rpartition(':')[0]}:{RELEASES[release].slapd[0]}"
        self._stage.has_image(name)
        for path in (L, G):
            ldap_image.carry(self._stage.hosts[path].root.parent / "container", name.rpartition(":")[2])
        return name

    def born(self, release: str) -> None:
        """Both nodes empty, then set up as those of a new site."""
        for path in (L, G):
            end_server(self._stage.hosts[path], signal.SIGKILL)
            emptied(self._stage.hosts[path])
        for step in self._steps:
            self._stage.must(step, image=self.image(release))

    def at(self, release: str) -> None:
        """Data and schema of `release`: by updates, or anew where the data is of a later one."""
        now = data_of(self.content()[0]) or f"5.{FIRST_MINOR}.0"
        if number(now) > number(release):
            self.born(release)
            return
        for path in (L, G):
            self.prepare(path, release)
        if updates := ldap_between(now, release):
            self._stage.must(self.step("update", updates), limit=WALK_SECONDS)

    def prepare(self, path: str, release: str) -> None:
        """The node gets the image of `release`, and with it its schema."""
        self._stage.must(self._step("prepare", path), image=self.image(release))

    def equal(self) -> None:
        """Both nodes hold the same. Raises Expected."""
        self._stage.must(self._step("verify", G))

    def step(self, entry: str, new: Sequence[str]) -> Step:
        """`backup` or `update` of the first node."""
        launcher = Command(Bundle.from_assets(ROOM), entry, SECONDS).text
        return Step(f"directory/{entry}-l", "", L, ROOM, entry, launcher, {**self._values, "updates": list(new)})

    def refused(self, updates: Sequence[str], words: str) -> None:
        """An update of the data ends with `words`, and no node has changed by it. Raises Expected."""
        before = self.content()
        done = self._stage.run(self.step("update", updates))
        expect(done.returncode == 1 and words in done.stderr, f"ended with {done.returncode}: {done.stderr[-600:]}")
        expect(self.content() == before, "it changed something before it said so")

    def content(self) -> list[str]:
        """Every entry of either node with the time and place of its last change."""
        wanted = ("-LLL", "-o", "ldif-wrap=no", "-b", self._values["base_dn"], "*", "entryCSN")
        return [self._stage.ldap(path, "ldapsearch", *wanted).stdout for path in (L, G)]

    def saved(self) -> str:
        """Key of a backup that was made now."""
        told = self._stage.must(self.step("backup", ()))
        found = re.search(r"backup (\S+)", told)
        expect(found is not None, f"it named no backup: {told}")
        return found[1] if found else ""

    def restored(self, key: str) -> None:
        """Both nodes from the backup, with the site's own image, by the script that an operator starts."""
        end_server(self._stage.hosts[G], signal.SIGTERM)
        for path in (L, G):
            more = {"DICOM_SECONDS": "40"}
            done = self._stage.hosts[path].script("restore.sh", key, room=ROOM, more=more)
            expect(done.returncode == 0, f"restore on {path} ended with {done.returncode}: {done.stdout}{done.stderr}")
        for path in (L, G):
            self._stage.must(self._step("prepare", path))
        self.equal()

    def _step(self, entry: str, path: str) -> Step:
        return next(step for step in self._steps if (step.entry, step.host) == (entry, path))
