"""Hosts: from bare machine to ready by user data and the boot step alone."""

from dicom_cdk.payload.host_bundle import API_CLIENT
from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.cloud.vendor_api import Failure
from dicom_cdk.rehearsal.machines import volume
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM = "hosts"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """First boot and boot step of every host, twice."""
    payload_checks.cloud_init(stage, checks, ROOM)
    boots = [step for step in stage.site.steps if step.entry == "boot"]
    with checks.check(ROOM, "first boot by user data, without role or secret") as said:
        for path in stage.site.hosts:
            stage.first_boot(path)
        expect(stage.api.log == [], f"the first boot asked the vendor's API: {stage.api.log}")
        said.append(f"{len(stage.site.hosts)} hosts")
    with checks.check(ROOM, "the client of the vendor's APIs, without asking them anything"):
        for step in (each for each in stage.site.steps if each.room == API_CLIENT):
            stage.must(step)
        expect(stage.api.log == [], f"the client's step asked the vendor's API: {stage.api.log}")
    with checks.check(ROOM, "boot step: role, secrets into memory, ready") as said:
        for step in boots:
            stage.must(step)
            for key in step.values["secrets"]:
                name = stage.site.secret_names[key]
                there = stage.hosts[step.host].read(f"/run/dicom/secrets/{key}")
                expect(there == stage.api.secrets[name], f"{step.host}: secret {key} is not what the vendor holds")
        expect(not stage.api.refused, f"signatures that the vendor's SDK makes otherwise: {stage.api.refused[:1]}")
        said.append(f"{len(stage.api.log)} signed calls")
    with checks.check(ROOM, "boot step again: nothing is installed or started anew"):
        for step in boots:
            stage.hosts[step.host].forget()
            stage.must(step)
            calls = stage.hosts[step.host].calls()
            changing = [call for call in calls if call.startswith(("apt-get", "systemctl start", "systemctl restart"))]
            expect(not changing, f"{step.host}: {changing}")
    with_disks = [step for step in boots if stage.disk_of(step.host)]
    if with_disks:
        with checks.check(
            ROOM, "data disks: an empty one is formatted once, one of an old machine mounted as it is"
        ) as said:
            for step in with_disks:
                _disk_of_an_old_machine(stage, step)
            said.append(f"{len(with_disks)} disks, a file for each")
    if faults:
        with checks.check(ROOM, "a metadata service that answers late, then with errors: waited for"):
            stage.api.failures = {
                "token": [Failure(503, seconds=0.5)],
                "metadata": [Failure(404, seconds=0.5), Failure(cut=True)],
            }
            stage.must(boots[0])
            expect(not any(stage.api.failures.values()), f"not asked again: {stage.api.failures}")


def _disk_of_an_old_machine(stage: Stage, step: Step) -> None:
    host = stage.hosts[step.host]
    before = volume.uuid(host)
    expect(bool(before) and volume.mounted(host), f"{step.host}: the boot step left its data disk without use")
    volume.restarted(host)
    stage.must(step)
    expect(volume.mounted(host), f"{step.host}: the boot step did not mount a data disk that holds data")
    expect(volume.uuid(host) == before, f"{step.host}: the boot step formatted a data disk that held data")
