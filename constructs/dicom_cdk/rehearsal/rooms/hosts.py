"""Hosts: from bare machine to ready by user data and the boot step alone."""

from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.stage import Stage

ROOM = "hosts"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """First boot and boot step of every host, twice."""
    del faults  # faults.py breaks the boot step with the others
    payload_checks.cloud_init(stage, checks, ROOM)
    boots = [step for step in stage.site.steps if step.entry == "boot"]
    with checks.check(ROOM, "first boot by user data, without role or secret") as said:
        for path in stage.site.hosts:
            stage.first_boot(path)
        expect(stage.api.log == [], f"the first boot asked the vendor's API: {stage.api.log}")
        said.append(f"{len(stage.site.hosts)} hosts")
    with checks.check(ROOM, "boot step: role, secrets into memory, ready") as said:
        for step in boots:
            stage.must(step)
            for key, name in step.values["secrets"].items():
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
