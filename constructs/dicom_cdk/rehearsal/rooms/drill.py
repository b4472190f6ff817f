"""Drill: the stack of a restore drill from its first boot to its report; then what is not whole any more.

A real PostgreSQL stands for the vendor's clone; in the other region it is empty, and filled from a dump. Backup and dump are made
before by the site's own scripts, on machines that are empty again when the drill begins.
"""

import json
import re
import shutil
import signal
from datetime import UTC, datetime

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import API_CLIENT
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.rooms.directory_pair import emptied, end_server
from dicom_cdk.rehearsal.rooms.recovery import (
    COUNT,
    EMPTY,
    RETRIEVED_AT,
    Verified,
    judged,
    reported,
    retrieved_from,
    stored,
)
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM, RECOVERY = "drill", "recovery"
DIRECTORY, ARCHIVE = "directory", "archive"
MARK = "worth keeping"
NOTE = "dicomDescription"
LEFT = "left-behind"
SITES_OWN = "of-the-site"
"""Identity and credential in the backup."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """All steps of the stack, in apply order."""
    del faults
    if not stage.site.drill:
        checks.skip(ROOM, "everything", "this stack is no drill: `dicom-cdk drill SITE` makes one")
        return
    steps = {step.path: step for step in stage.site.steps if step.entry != "boot"}
    verify = steps["verify"]
    with checks.check(ROOM, "a backup by the directory's own scripts, on a machine that is empty again then") as said:
        key = _backup(stage, steps["directory-prepare"])
        said.append(key)
    places = [(one["bucket"], one["storage_id"]) for one in (verify.values, *verify.values["tenants"])]
    kept = stored(stage, places)
    dumps = [step for step in steps.values() if "dump" in step.values]
    dump = ""
    for step in dumps:
        with checks.check(
            ROOM, "a dump by the site's own script, then an empty database; tampered with, it is refused"
        ) as said:
            dump = _dumped(stage, step)
            said.append(dump)
    started = _now()
    begun, asked = dict(stage.api.objects), len(stage.api.log)
    with checks.check(
        ROOM, "in apply order: directory restored, database reached, storages with the drill's key, archive"
    ) as said:
        for step in steps.values():
            if step is not verify and step.room != API_CLIENT:
                said[:] = [_said(stage, step, key)]
    with checks.check(
        ROOM, "the directory is the backup's; nothing of it is backed up again, nothing names the site's key"
    ):
        _restored(stage)
    with retrieved_from(stage, ARCHIVE, kept):
        each = COUNT // len(places)
        sample, whole = (len(places) * min(each, int(verify.values[name])) for name in ("sample", "retrieved"))
        judged(stage, checks, ROOM, kept, lambda: _verified(stage, verify, started, dump), sample, whole)
    with checks.check(ROOM, "nothing was written: every call of both hosts reads") as said:
        wrote = [line for line in stage.api.log[asked:] if line.startswith("oss-") and not line.startswith("oss-GET ")]
        expect(wrote == [], f"written: {wrote}")
        expect(set(stage.api.objects) <= set(begun), f"new: {sorted(set(stage.api.objects) - set(begun))}")
        said.append(f"{len(stage.api.log) - asked} calls")


def _backup(stage: Stage, prepare: Step) -> str:
    """Key of a backup that holds MARK; the machine is as new afterwards."""
    host, values = stage.hosts[DIRECTORY], prepare.values
    stage.must(prepare)
    _run(host, "load.sh")
    device = f"dicomDeviceName={values['device_name']},cn=Devices,cn=DICOM Configuration,{values['base_dn']}"
    text = f"dn: {device}\nchangetype: modify\nreplace: {NOTE}\n{NOTE}: {MARK}\n\n"
    # Such as that of a tenant that was taken out of the list: no step of the drill knows it.
    text += f"dn: dcmStorageID={LEFT},{device}\nchangetype: add\nobjectClass: dcmStorage\ndcmStorageID: {LEFT}\n"
    text += "dcmURI: jclouds:s3:https://oss.example.com\ndcmProperty: container=images-of-who-left\n"
    text += f"dcmProperty: identity={SITES_OWN}\ndcmProperty: credential={SITES_OWN}\n"
    done = stage.ldap(DIRECTORY, "ldapmodify", text=text)
    expect(done.returncode == 0, f"the directory took no write: {done.stderr}")
    said = _run(host, "backup.sh")
    found = re.search(r"backup (\S+)", said)
    expect(found is not None, f"the backup names no key: {said}")
    end_server(host, signal.SIGTERM)
    emptied(host)
    return found[1] if found else ""


def _run(host: ScratchHost, script: str) -> str:
    done = host.script(script, room=DIRECTORY, more={"DICOM_SECONDS": "50"})
    expect(done.returncode == 0, f"{script} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def _said(stage: Stage, step: Step, key: str) -> str:
    """The last line of a step that has to end well."""
    more = {"backup_key": key} if "backup_key" in step.values else {}
    return stage.must(step, **more).strip().splitlines()[-1]


def _restored(stage: Stage) -> None:
    base = next(step.values["base_dn"] for step in stage.site.steps if "base_dn" in step.values)
    held = stage.ldap(DIRECTORY, "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", base).stdout
    expect(f"{NOTE}: {MARK}" in held, "what was written before the backup is not there")
    expect(
        not list((stage.hosts[DIRECTORY].root / "etc/systemd/system").glob("dicom-ldap-backup.timer")),
        "it is backed up",
    )
    own = stage.api.secrets[stage.site.secret_names["storage-identity"]]
    keys = set(re.findall(r"^dcmProperty: identity=(\S+)", held, re.MULTILINE))
    expect(keys == {own}, f"the restored storages name {len(keys)} keys, and not the drill's own alone")
    expect("container=images-of-who-left" in held, "what else a storage says is not there")
    expect(SITES_OWN not in held, "a restored storage keeps the site's key")


def _dumped(stage: Stage, step: Step) -> str:
    """Key of a dump of what is in the database, which is empty afterwards, as is the machine. `step`: what restores it."""
    host, database, objects = stage.hosts[step.host], stage.database(), stage.api.objects
    host.install(Bundle.from_assets(RECOVERY))
    host.put(f"/opt/dicom/{RECOVERY}/values.json", json.dumps(step.values))
    fetched = host.script("images.sh", step.values["image"], more={"DICOM_IMAGES_SECONDS": "50"})
    expect(fetched.returncode == 0, f"images.sh ended with {fetched.returncode}: {fetched.stdout}{fetched.stderr}")
    done = host.script("dump.sh", room=RECOVERY, more={"DICOM_SECONDS": "50"})
    expect(done.returncode == 0, f"the dump ended with {done.returncode}: {done.stdout}{done.stderr}")
    shutil.rmtree(host.root / "opt/dicom" / RECOVERY)
    database.sql(EMPTY)
    part = next(path for path in objects if path.endswith("/part-0000"))
    whole = objects[part]
    objects[part] = whole[:-1] + bytes([whole[-1] ^ 1])
    refused = stage.run(step)
    expect(
        refused.returncode == 1 and "is not what was dumped" in refused.stderr,
        f"a tampered dump: ended with {refused.returncode}: {refused.stdout}{refused.stderr}",
    )
    expect(database.tables() == [], "something of a tampered dump is in the database")
    objects[part] = whole
    return part.rpartition("/")[0].partition("/")[2].partition("/")[2]


def _verified(stage: Stage, verify: Step, started: str, dump: str) -> Verified:
    asked = "" if dump else _now()
    done = stage.run(verify, more=RETRIEVED_AT, started=started, seconds=50, restore_time=asked)
    code, report, lines = reported(done)
    if dump:
        of = report["restored_to"].translate({ord("-"): None, ord(":"): None})
        expect(dump.endswith(of), f"the report is of {report['restored_to']}, the dump is {dump}")
        expect(report["rpo_seconds"] >= 0, f"a dump {report['rpo_seconds']} s old")
    return code, report, lines


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
