"""Archive: the steps of the archive's container. The container itself is a stand-in: WildFly and dcm4chee are not here."""

from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.stage import Stage

ROOM = "archive"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """All steps of the room, twice."""
    del faults  # faults.py breaks the steps
    steps = [step for step in stage.site.steps if step.room == ROOM]
    stage.database()
    with checks.check(ROOM, "in apply order: " + ", ".join(step.entry for step in steps)) as said:
        for step in steps:
            said[:] = [stage.must(step).strip().splitlines()[-1]]
    payload_checks.compose(stage, checks, ROOM, steps[0].host)
    with checks.check(ROOM, "every step again: the container stays"):
        container = stage.hosts[steps[0].host].root.parent / "container" / "pid"
        before = container.read_text()
        for step in steps:
            stage.must(step)
        expect(container.read_text() == before, "the container was made anew")
    with checks.check(ROOM, "a rotated database password makes the container anew"):
        before = container.read_text()
        name = stage.site.secret_names["database"]
        stage.hosts[steps[0].host].put("/run/dicom/secrets/database", stage.api.secrets[name] + "0", 0o600)
        stage.must(steps[0], generation="rotated")
        expect(container.read_text() != before, "the old password is still in use")
        stage.hosts[steps[0].host].put("/run/dicom/secrets/database", stage.api.secrets[name], 0o600)
        stage.must(steps[0])
