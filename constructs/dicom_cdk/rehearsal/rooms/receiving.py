"""Receiving: images through the shared folder into the bucket, for sites that have one: the bucket away, the folder nearly full, an
archive that starts anew in the middle, a folder that is not the site's.

Over 200 lines: one day of a folder, each check begins where the one before ends.

Real are the host's steps, the directory and the folder's files; the archive is a stand-in, time and sizes run faster there.
"""

import json
import re
from functools import partial
from typing import Any

from pydicom.dataset import Dataset

from dicom_cdk.rehearsal.checks import Checks, expect, until
from dicom_cdk.rehearsal.clients.archive_loopback import ask
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.clients.dicomweb_front import multipart
from dicom_cdk.rehearsal.cloud.bucket import Bucket, bucket
from dicom_cdk.rehearsal.machines.engine import SECONDS_TO_LISTEN
from dicom_cdk.rehearsal.site import Site, Step
from dicom_cdk.rehearsal.stage import VENDOR, Stage

BUNDLE = "cache"
ROOM = "archive"
MOUNT_POINT = "/mnt/dicom-cache"
PACE = {"minute": 0.2, "gigabyte": 1000, "capacity_gb": 20}
"""A GB is 1,000 bytes: less than twenty of the small images below fill the folder."""
FREE_GB = 8
_until = partial(until, within=30.0)
# Ours is a folder beside the host; what it is mounted from, and that it is, stands beside it.
MOUNT = """
[ ! -e "$HOST_ROOT/../folder-away" ] || { echo "mount.nfs: Connection timed out" >&2; exit 32; }
line=$(grep " $1 nfs " "$HOST_ROOT/etc/fstab") || exit 32
rm -rf "$HOST_ROOT/../below" && mv "$1" "$HOST_ROOT/../below" && ln -s "$HOST_ROOT/../folder" "$1"
printf %s "${line%% *}" >"$HOST_ROOT/../mounted"
"""


def steps_of(site: Site) -> tuple[Step, Step] | None:
    """Mount and receive, for a site with a shared folder."""
    found = {step.entry: step for step in site.steps if step.room == BUNDLE}
    return (found["mount"], found["receive"]) if found else None


class Receiving:
    """The folder's two steps on the archive's host, with a bucket within the stage's reach."""

    def __init__(self, stage: Stage, mount: Step, receive: Step) -> None:
        self.stage, self.mount, self.receive = stage, mount, receive
        self.host = stage.hosts[mount.host]
        beside = self.host.root.parent
        self.folder, self._pace = beside / "folder", beside / "container/pace.json"
        self.folder.mkdir()
        self._pace.parent.mkdir(exist_ok=True)
        self.pace()
        self.host.stand_in("mountpoint", '[ -e "$HOST_ROOT/../mounted" ]')
        self.host.stand_in("mount", MOUNT)
        self.host.stand_in("findmnt", 'cat "$HOST_ROOT/../mounted"')
        self.host.stand_in("chown")
        self.bucket: Bucket = stage.enter(bucket(VENDOR, partial(stage.network.inside, "vendor")))
        locks = stage.site.resources("alicloud_oss_bucket_worm")
        self.locked = any(one.get("provider") is None for one in locks.values())
        self.told: dict[str, Any] = {"storage_endpoint": self.bucket.url, "free_gb": FREE_GB}

    def pace(self, **other: float) -> None:
        """How fast time and room pass for the archive from its next start on: PACE, but for `other`."""
        self._pace.write_text(json.dumps(PACE | other))

    def files(self) -> list[str]:
        """Images in the folder."""
        return [str(file) for file in self.folder.rglob("*") if file.is_file() and not file.name.startswith(".")]

    def run(self) -> str:
        """Both steps; what the second said last."""
        self.stage.must(self.mount, **self.told)
        return self.stage.must(self.receive, **self.told).strip().splitlines()[-1]


def set_up(stage: Stage, checks: Checks, mount: Step, receive: Step) -> None:
    """In the place of the bucket's own entries: before the archive."""
    with checks.check("storage", "the shared folder is mounted, and images are received into it") as said:
        stage.receiving = Receiving(stage, mount, receive)
        said.append(stage.receiving.run())
    with checks.check("storage", "present: nothing to do"):
        expect(stage.receiving.run() == "unchanged", "the second run changed something")


def rehearse(stage: Stage, checks: Checks) -> None:
    """Once the archive answers."""
    here = stage.receiving
    assert isinstance(here, Receiving)
    sent: list[Dataset] = []
    send = partial(_send, here, sent)
    with checks.check(ROOM, "an image goes into the folder and, after a minute of quiet, into the bucket"):
        expect(send() == 200, "the store was refused")
        _until(lambda: here.bucket.images == 1, "in the bucket")
        expect(bool(here.files()), "nothing is in the folder")
    if tenants := next((step for step in stage.site.steps if step.room == "tenants"), None):
        with checks.check(ROOM, "a tenant's image goes through the folder into its own bucket and no other"):
            _tenants(here, tenants.values["tenants"])
    with checks.check(
        ROOM, "the bucket is away: stores go on, dicom-health says so; it is back: all is there, by itself"
    ) as said:
        here.bucket.away = True
        expect([send() for _ in range(5)] == [200] * 5, "a store was refused")
        # One of the five may be on its way between the two counts.
        _until(lambda: _tasks(here, "SCHEDULED") >= 4, "waiting")
        health = _health(here)
        waiting = re.search(r"exports waiting +(\d+), never none", health)
        expect(waiting is not None and int(waiting[1]) >= 4, f"dicom-health says {health}")
        expect(re.search(r"ok +exports failed +0", health) is not None, f"dicom-health says {health}")
        here.bucket.away = False
        _until(lambda: here.bucket.images == 6, "in the bucket after it is back")
        _until(lambda: _tasks(here, "SCHEDULED") + _tasks(here, "FAILED") == 0, "done")
        _all_there(here, sent)
        said.append(f"{len(sent)} images")
    with checks.check(ROOM, "the folder nearly full: what the bucket holds leaves, what it does not stays") as said:
        for _ in range(8):
            # What stores faster than the archive looks for room would be refused.
            _until(lambda: _free(here) >= FREE_GB * PACE["gigabyte"], "as much free as the threshold")
            expect(send() == 200, "a store was refused")
        _until(lambda: here.bucket.images == 14, "in the bucket")
        _until(lambda: _free(here) >= FREE_GB * PACE["gigabyte"], "as much free as the threshold")
        here.bucket.away = True
        before = len(here.files())
        codes = [send() for _ in range(20)]
        expect(200 in codes and 409 in codes, f"a full folder answered {codes}")
        kept = codes.count(200)
        expect(len(here.files()) >= kept, "an image that the bucket lacks left the folder")
        here.bucket.away = False
        _until(lambda: here.bucket.images == len(sent), "in the bucket")
        _until(lambda: _free(here) >= FREE_GB * PACE["gigabyte"], "free again")
        expect(send() == 200, "the emptied folder refuses a store")
        _all_there(here, sent)
        said.append(f"{before} files before, {kept} taken until it was full")
    with checks.check(ROOM, "the archive starts anew in the middle of an export: the bucket holds every image"):
        _until(lambda: here.bucket.images == len(sent), "in the bucket")
        here.bucket.slow = 0.3
        expect([send() for _ in range(4)] == [200] * 4, "a store was refused")
        _until(lambda: _tasks(here, "IN PROCESS") > 0, "being exported")
        here.host.run("docker", "restart", "c0ffee")
        here.bucket.slow = 0.0
        _until(lambda: here.bucket.images == len(sent), "in the bucket")
        _all_there(here, sent)
    if here.locked:
        with checks.check(
            ROOM, "the bucket is locked: stores go on, a study that is deleted stays in it, nothing is lost"
        ):
            _locked(here, sent)
    with checks.check(ROOM, "a folder that is not the site's: no archive starts on it, none of its files goes"):
        mark = here.folder / here.mount.values["mark"]
        before = len(here.files())
        mark.write_text("another\n")
        done = stage.run(here.mount, **here.told)
        expect(
            done.returncode == 1 and "is the folder of site 'another'" in done.stderr,
            f"mount said {done.stderr[-300:]}",
        )
        mark.unlink()
        started = here.host.run("docker", "restart", "c0ffee", more={"REHEARSAL_LISTEN_SECONDS": "3"})
        expect(started.returncode == 1, "the archive started without the folder's mark")
        expect(len(here.files()) == before, "files went")
        mark.write_text(f"{here.mount.values['site']}\n")
        here.host.run("docker", "restart", "c0ffee", more={"REHEARSAL_LISTEN_SECONDS": str(SECONDS_TO_LISTEN)})
        _all_there(here, sent)
    with checks.check(ROOM, "the folder is not mounted: the archive refuses stores, and takes them once it is"):
        guard = here.folder / here.mount.values["guard"]
        guard.touch()
        expect(send() == 409, "an image went below the mount point")
        guard.unlink()
        expect(send() == 200, "the store was refused")


def _tenants(here: Receiving, tenants: list[dict[str, str]]) -> None:
    """They are away again from bucket and folder afterwards: the site's own images are counted from here on."""
    before = set(here.bucket.objects)
    for tenant in tenants:
        path = f"aets/{tenant['ae_title']}/rs/studies"
        status, said = _inside(here, "POST", path, multipart(as_file(image(tenant["ae_title"]))))
        expect(status == 200, f"{tenant['ae_title']} was refused: {said!r}")
        own = "".join(f"/{part}" for part in (tenant["bucket"], tenant["prefix"]) if part) + "/"
        _until(lambda: len(set(here.bucket.objects) - before) == 1, f"of {tenant['ae_title']} in a bucket")
        (made,) = set(here.bucket.objects) - before
        expect(made.startswith(own), f"{tenant['ae_title']}'s image lies at {made}, not below {own}")
        here.bucket.objects.pop(made)


def _locked(here: Receiving, sent: list[Dataset]) -> None:
    """What the bucket holds is held; the archive's own deletion of one study fails there, and what comes in goes on."""
    here.bucket.locked = True
    before = dict(here.bucket.objects)
    gone = sent.pop()
    study = f"aets/{_title(here)}/rs/studies/{gone.StudyInstanceUID}"
    expect(_inside(here, "DELETE", study)[0] == 403, "a study that was not rejected is deleted")
    expect(_inside(here, "POST", f"{study}/reject/113001%5EDCM")[0] == 200, "the study was not rejected")
    expect(_inside(here, "DELETE", study)[0] == 204, "the rejected study was not deleted")
    _until(lambda: here.bucket.refused > 0, "tried to be deleted")
    expect([_send(here, sent) for _ in range(4)] == [200] * 4, "a store was refused")
    _until(lambda: here.bucket.images == len(sent) + 1, "in the bucket")
    _until(lambda: _tasks(here, "SCHEDULED") + _tasks(here, "FAILED") == 0, "done")
    expect(before.items() <= here.bucket.objects.items(), "the locked bucket lost or changed an object")
    _all_there(here, sent)
    here.bucket.locked = False
    here.bucket.objects = {path: content for path, content in here.bucket.objects.items() if content != as_file(gone)}


def _inside(here: Receiving, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    return ask(here.stage, here.mount.host, method, path, body)


def _title(here: Receiving) -> str:
    title: str = here.receive.values["ae_titles"][0]
    return title


def _send(here: Receiving, sent: list[Dataset]) -> int:
    """One small image as a modality's; its status. One that was taken is in `sent` from then on: room may come and go meanwhile."""
    made = image("REHEARSED")
    status, _ = _inside(here, "POST", f"aets/{_title(here)}/rs/studies", multipart(as_file(made)))
    if status == 200:
        sent.append(made)
    return status


def _all_there(here: Receiving, sent: list[Dataset]) -> None:
    """Every image that was taken is given back as it was sent."""
    for one in sent:
        path = f"studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}/instances/{one.SOPInstanceUID}"
        status, content = _inside(here, "GET", f"aets/{_title(here)}/rs/{path}")
        expect(status == 200 and content == as_file(one), f"{one.SOPInstanceUID} is lost: {status}")


def _tasks(here: Receiving, status: str) -> int:
    return int(
        json.loads(_inside(here, "GET", f"monitor/export/count?status={status.replace(' ', '%20')}")[1])["count"]
    )


def _free(here: Receiving) -> float:
    used = sum(
        file.stat().st_size for file in here.folder.rglob("*") if file.is_file() and not file.name.startswith(".")
    )
    return PACE["capacity_gb"] * PACE["gigabyte"] - used


def _health(here: Receiving) -> str:
    """What dicom-health says once the cron job has looked."""
    line = next(one for one in here.host.read("/etc/cron.d/dicom-cache").splitlines() if "exports.sh" in one)
    here.host.run("sh", "-c", line.partition(" root ")[2])
    return here.host.script("health.sh").stdout
