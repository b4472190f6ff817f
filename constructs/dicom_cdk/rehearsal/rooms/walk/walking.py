"""A site whose archive's release changes: its database and images of before, and the steps of the walk.

Over 200 lines: rows, images, scripts and steps of one site, which every walk changes together.

The steps are the stack's own where it walks; else those that `archive.upgrade_from` would add, from this program's assets.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pydicom.dataset import Dataset

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.cache import EXPORTER, STORAGE_ID
from dicom_cdk.payload.command import Command
from dicom_cdk.rehearsal.archive.stand_in_updates import BORN, UPDATES, files
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.clients.archive_loopback import ask
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.cloud.bucket import Bucket, bucket
from dicom_cdk.rehearsal.cloud.vendor_walk import Application
from dicom_cdk.rehearsal.rooms.receiving import Receiving
from dicom_cdk.rehearsal.rooms.walk.directory import SECONDS, WalkingDirectory
from dicom_cdk.rehearsal.site import Site, Step
from dicom_cdk.rehearsal.stage import VENDOR, Stage
from dicom_cdk.releases.path import path
from dicom_cdk.releases.table import checks_mounts_by_attribute
from dicom_cdk.releases.updates import number

WORKLIST = "WORKLIST"
SHARED = ("sql.sh", "there.sh", "calls.py")
FILES: Mapping[str, Sequence[str]] = {
    "backup": ("backup.sh", *SHARED),
    "drain": ("drain.sh", "tasks.py", "asked.py", "sql.sh", "there.sh"),
    "upgrade": ("upgrade.sh", *SHARED),
    "walked": ("walked.sh", "walked.py", "asked.py"),
    "resume": ("resume.sh", "calls.py"),
}
"""What the archive's host does of a walk: entry → files of its bundle."""
EMPTY = "drop schema if exists public cascade; create schema public authorization pacs"
TABLES = ("patient", "study", "series", "instance", "location")
SHAPE = (
    "select relname || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid where relnamespace = "
    "'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped "
    "union select indexname from pg_indexes where schemaname = 'public' order by 1"
)
"""Columns and indexes of a schema."""
AT_ONCE = {"DICOM_ROLE_SECONDS": "0"}
"""A refusal is believed at once: no role was made a moment ago."""
QUIET: dict[str, Any] = {"ae_title": "", "application": ""}
"""For walks of the database alone: no archive to be asked, no tier to be stopped."""


def walk_of(site: Site) -> tuple[str, str] | None:
    """The releases that a site walks between; None for one that does not."""
    found = (step.values for step in site.steps if "upgrade_to" in step.values)
    return next(((values["upgrade_from"], values["upgrade_to"]) for values in found), None)


def own_step(site: Site, entry: str, old: str, new: str) -> Step | None:
    """The stack's own step for this walk. One of a stack that stops nobody asks no database: it is for walks that stop nobody."""
    found = next((step for step in site.steps if (step.room, step.entry) == ("database", entry)), None)
    return found if path(old, new).rolling == (walk_of(site) is None) else None


class Walking:
    """The archive's host of a stage, in a walk from `old` to `new`."""

    def __init__(self, stage: Stage) -> None:
        self.stage, site = stage, stage.site
        self.up, check = site.step("archive/up"), site.step("archive/check")
        self.check = replace(check, values={**check.values, **self._titles(check)})
        self.host = stage.hosts[self.up.host]
        schema = next(step for step in site.steps if (step.room, step.entry) == ("database", "schema"))
        self._values = {**schema.values, "sql_source": "image", "sql_image": self._scripts_image(schema.values)}
        self.receiving: Receiving | None = stage.receiving
        self.bucket: Bucket = (
            self.receiving.bucket
            if self.receiving
            else stage.enter(bucket(VENDOR, partial(stage.network.inside, "vendor")))
        )
        self.directory = WalkingDirectory(stage)
        container = self.host.root.parent / "container"
        container.mkdir(exist_ok=True)
        (container / "images").touch()
        self.tier = Application("cn-rehearsed:site", "DicomService")
        stage.api.services.applications = [self.tier]

    def _scripts_image(self, values: Mapping[str, Any]) -> str:
        """The image with the SQL; for a site that takes it from a bucket, which is not here, one in its place."""
        name: str = (
            values.get("sql_image") or f"{self.up.values['image'].rpartition('/')[0]}/postgres-dcm4chee:rehearsed"
        )
        self.stage.has_image(name)
        return name

    @staticmethod
    def _titles(step: Step) -> dict[str, list[str]]:
        """AE titles of a step on a site of any release: the worklist's own is there from 5.29.1 on only."""
        named = step.values.get("ae_titles")
        return {"ae_titles": [name for name in named if name != WORKLIST]} if named else {}

    @property
    def title(self) -> str:
        found: str = self.check.values["ae_title"]
        return found

    @property
    def release(self) -> str:
        """Of the stack's archive."""
        image: str = self.up.values["image"]
        return image.rpartition(":")[2].split("-")[0]

    def step(self, entry: str, old: str, new: str) -> Step:
        """One of FILES for the walk from `old` to `new`."""
        values: dict[str, Any] = {
            **self._values,
            "ae_title": self.title,
            "application": self.tier.name,
            "instance": "pgm-rehearsed",
            "namespace_id": self.tier.namespace,
            "replicas": self.tier.replicas,
            "updates": [f"{each.name}={each.marker}" for each in path(old, new).sql],
            "upgrade_from": old,
            "upgrade_to": new,
        }
        if self.receiving:
            values |= {"exporter": EXPORTER, "folder_id": STORAGE_ID}
        if own := own_step(self.stage.site, entry, old, new):
            return Step(own.path, own.address, own.host, own.room, entry, own.launcher, values)
        launcher = Command(Bundle.from_assets("database", only=FILES[entry]), entry, SECONDS).text
        return Step(f"archive/{entry}", "", self.up.host, "database", entry, launcher, values)

    def storage_dn(self, storage_id: str) -> str:
        """Of a storage's entry."""
        values = self.check.values
        device = f"dicomDeviceName={values['device_name']},cn=Devices,cn=DICOM Configuration,{values['base_dn']}"
        return f"dcmStorageID={storage_id},{device}"

    def image(self, release: str) -> str:
        """The archive's image of a release, in the registry from now on."""
        name: str = f"{self.up.values['image'].rpartition(':')[0]}:{release}"
        self.stage.has_image(name)
        return name

    def stored(self, release: str) -> None:
        """The directory says where an archive of `release` puts its images."""
        if not self.receiving:
            step = self.stage.site.step("archive/storage")
            self.stage.must(step, storage_endpoint=self.bucket.url, **self._titles(step))
            return
        self.receiving.told["guard_by"] = "attribute" if checks_mounts_by_attribute(release) else "property"
        self.receiving.run()

    def born(self, release: str, studies: Sequence[Dataset] = (), *, in_folder: int = 0) -> None:
        """The database as an archive of `release` left it, with these studies, the last `in_folder` of them in the shared folder
        only, and the image's scripts beside it.
        """
        database = self.stage.database()
        database.sql(EMPTY)
        database.sql(f"set role pacs; {BORN}")
        rows = ["insert into issuer values (1, 'HOSPITAL'); insert into person_name values (1, 'DOE^OLD')"]
        for at, one in enumerate(studies, 1):
            storage = STORAGE_ID if at > len(studies) - in_folder else "alicloud-oss"
            rows.append(
                f"insert into patient_id (pk, pat_id, issuer_fk) values ({at}, 'P{at}', 1); "
                f"insert into patient values ({at}, {at}, 1); "
                f"insert into study values ({at}, {at}, '{one.StudyInstanceUID}'); "
                f"insert into series values ({at}, {at}, '{one.SeriesInstanceUID}'); "
                f"insert into instance values ({at}, {at}, '{one.SOPInstanceUID}'); "
                f"insert into location values ({at}, {at}, '{storage}', 'a/{at}')"
            )
        database.sql(f"set role pacs; {'; '.join(rows)}")
        database.sql(f"set role pacs; {''.join(self.updates_to(release))}")
        self.scripts(files())

    def updates_to(self, release: str) -> list[str]:
        """SQL that leads from the oldest schema to that of `release`."""
        wanted = number(release)
        return ["".join(parts) for name, parts in UPDATES.items() if number(name) <= wanted]

    def scripts(self, these: Mapping[str, str]) -> None:
        """What the image with the SQL holds."""
        folder = self.host.root.parent / "image-files"
        for file in folder.glob("update-*"):
            file.unlink()
        for name, text in these.items():
            (folder / name).write_text(text)

    def rows(self) -> list[str]:
        """How many of each table that no update changes."""
        return [f"{name} {self.stage.database().sql(f'select count(*) from {name}')[0]}" for name in TABLES]

    def shape(self) -> list[str]:
        """Columns and indexes."""
        return self.stage.database().sql(SHAPE)

    def ask(self, method: str, target: str, body: bytes = b"") -> tuple[int, bytes]:
        """The archive on its host's loopback."""
        return ask(self.stage, self.up.host, method, target, body)

    def restarted(self) -> None:
        """The archive's container, which reads its files and the directory anew."""
        done = self.host.run("docker", "restart", "c0ffee", more={"REHEARSAL_LISTEN_SECONDS": "60"})
        expect(done.returncode == 0, f"the archive did not start again: {done.stderr[-1500:]}")

    def send(self) -> Dataset:
        """One image of a study of its own, stored as a modality's."""
        one = image("REHEARSED")
        status, said = self.ask("POST", f"aets/{self.title}/rs/studies", multipart(as_file(one)))
        expect(status == 200, f"a store was answered with {status}: {said!r}")
        return one

    def given(self, sent: Sequence[Dataset]) -> None:
        """Every one of these images comes back as it was sent."""
        for one in sent:
            place = f"studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}/instances/{one.SOPInstanceUID}"
            status, content = self.ask("GET", f"aets/{self.title}/rs/{place}")
            expect(status == 200 and content == as_file(one), f"{one.SOPInstanceUID} is lost: {status}")

    def found(self) -> int:
        """Studies that a query finds."""
        return int(json.loads(self.ask("GET", f"aets/{self.title}/rs/studies/count")[1])["count"])
