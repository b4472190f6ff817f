"""Drill: the stack of a restore drill from its first boot to its report; then what is not whole any more.

A real PostgreSQL stands for the vendor's clone. The backup of the directory is made before by the directory's own scripts, on a
machine that is empty again when the drill begins.
"""

import re
import signal
from datetime import UTC, datetime

from dicom_cdk.payload.host_bundle import API_CLIENT
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms.directory import emptied, end_server
from dicom_cdk.rehearsal.rooms.recovery import COUNT, RETRIEVED_AT, Verified, judged, reported, retrieved_from, stored
from dicom_cdk.rehearsal.scratch_host import ScratchHost
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM = "drill"
DIRECTORY, ARCHIVE = "directory", "archive"
MARK = "worth keeping"
NOTE = "dicomDescription"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """All steps of the stack, in apply order."""
    del faults
    if not stage.site.drill:
        checks.skip(ROOM, "everything", "this stack is no drill: `dicom-cdk drill SITE` makes one")
        return
    steps = {step.path: step for step in stage.site.steps if step.entry != "boot"}
    entries, verify = steps["storage-entries"], steps["verify"]
    with checks.check(ROOM, "a backup by the directory's own scripts, on a machine that is empty again then") as said:
        key = _backup(stage, steps["directory-prepare"])
        said.append(key)
    started = _now()
    kept = stored(stage, entries.values["bucket"], entries.values["storage_id"])
    begun, asked = dict(stage.api.objects), len(stage.api.log)
    with checks.check(ROOM, "in apply order: directory restored, password of the site, entries, archive") as said:
        for step in steps.values():
            if step is not verify and step.room != API_CLIENT:
                said[:] = [_said(stage, step, key)]
    with checks.check(
        ROOM, "the directory is the backup's; nothing of it is backed up again, nothing names the site's key"
    ):
        _restored(stage)
    with retrieved_from(stage, ARCHIVE, kept):
        sample, whole = min(COUNT, int(verify.values["sample"])), min(COUNT, int(verify.values["retrieved"]))
        judged(stage, checks, ROOM, kept, lambda: _verified(stage, verify, started), sample, whole)
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
    text = f"dn: {device}\nchangetype: modify\nreplace: {NOTE}\n{NOTE}: {MARK}\n"
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
    keys = re.findall(r"^dcmProperty: identity=(\S+)", held, re.MULTILINE)
    expect(keys == [own], f"the restored storage names {len(keys)} keys, and not the drill's own alone")


def _verified(stage: Stage, verify: Step, started: str) -> Verified:
    return reported(stage.run(verify, more=RETRIEVED_AT, restore_time=_now(), started=started, seconds=50))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
