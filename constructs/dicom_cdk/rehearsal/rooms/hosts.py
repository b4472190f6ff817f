"""Hosts: from bare machine to ready by user data and the boot step alone."""

from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.rehearsal.vendor_api import Failure

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
    if faults:
        with checks.check(ROOM, "a metadata service that answers late, then with errors: waited for"):
            stage.api.failures = {
                "token": [Failure(503, seconds=0.5)],
                "metadata": [Failure(404, seconds=0.5), Failure(cut=True)],
            }
            stage.must(boots[0])
            expect(not any(stage.api.failures.values()), f"not asked again: {stage.api.failures}")
