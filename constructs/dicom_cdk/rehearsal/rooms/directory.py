"""Directory: two real slapd in mirror mode, each on its own machine: set up, repeated, read by strangers, restored; then faults."""

from dicom_cdk.rehearsal import payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms import directory_faults
from dicom_cdk.rehearsal.rooms.directory_pair import ROOM, G, L, Pair
from dicom_cdk.rehearsal.stage import Stage


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """The pair, alone or through faults."""
    pair = Pair(stage)
    with checks.check(ROOM, "set up in apply order: prepare l, g; enable l, g; load; verify") as said:
        for step in pair.steps:
            said[:] = [stage.must(step).strip().splitlines()[-1]]
    payload_checks.compose(stage, checks, ROOM, L)
    with checks.check(ROOM, "every step again: no container made anew, no entry changed"):
        before = pair.content(), pair.processes()
        for step in pair.steps:
            stage.must(step)
        expect(pair.content() == before[0], "entries changed")
        expect(pair.processes() == before[1], "a container was made anew")
    with checks.check(ROOM, "anonymous clients read nothing; the storage key is hidden from all but the root DN"):
        for path in (L, G):
            done = stage.hosts[path].run("ldapsearch", "-x", "-LLL", "-H", "ldap://127.0.0.1:389", "-b", pair.base)
            expect(not done.stdout.strip(), f"{path} answers anonymous clients")
    with checks.check(ROOM, "a write on either side is seen on the other") as said:
        for one, other in ((L, G), (G, L)):
            pair.write(one, f"from {one}")
            said.append(f"{one[-1]}→{other[-1]} {pair.seen(other, f'from {one}'):.2f} s")
    with checks.check(ROOM, "backup, and restore on both nodes"):
        pair.backup_and_restore()
    if faults:
        directory_faults.suffered(stage, checks, pair)
