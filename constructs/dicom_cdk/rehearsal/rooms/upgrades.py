"""Upgrades: the archive's release changes on a site that lives, along every way there is, stopped and hindered anywhere.

Real are the host's steps, PostgreSQL, the directory, the kept folders; SQL and directory data are of our own making in the shape of
the archive's, which is a stand-in, as RDS and SAE are.

Over 200 lines: one walk from its first step to its last, and what can go wrong with each.
"""

import json
from collections.abc import Iterator
from itertools import pairwise

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rolling import Client, Instances
from dicom_cdk.rehearsal.rooms.upgrade_faults import hindered, refused
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.rehearsal.walking import QUIET, WALK_SECONDS, Walking, walk_of
from dicom_cdk.rehearsal.walking_folder import folder_after, folder_before
from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import number

ROOM = "upgrades"
KEPT = "/var/local/dicom/wildfly"
BEFORE = f"{KEPT}.before"
TIER = ("tier-1", "tier-2")
"""Machines of two instances."""
ROLLING = ("5.34.0", "5.34.3")
"""Two releases of one schema with directory data between them, for sites whose own walk stops everybody."""
NEWEST = next(version for version, known in reversed(RELEASES.items()) if not known.refused)


def ways() -> list[tuple[str, str]]:
    """Each change of schema in one go that leads from a release to the newest, without those of the same SQL."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for release, known in RELEASES.items():
        if known.refused:
            continue
        for old, new in pairwise(way(release, NEWEST)):
            if updates := tuple(each.name for each in path(old, new).sql):
                found.setdefault(updates, (old, new))
    return list(found.values())


def _every_pair() -> Iterator[tuple[str, str]]:
    """Every two releases with a way from the first to the second, one release for each schema."""
    firsts = [version for version, known in RELEASES.items() if not known.refused and _opens_schema(version)]
    yield from ((old, new) for old in firsts for new in firsts if path(old, new).sql and not path(old, new).refused)


def _opens_schema(version: str) -> bool:
    return number(version)[2] == 0 or version == "5.31.1"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """The walk of this site, or the one that it has before it; then every way; with `faults` every pair, and what can go wrong."""
    walking = Walking(stage)
    own = walk_of(stage.site) or (walking.release, way(walking.release, NEWEST)[1])
    old, new = own if path(*own).sql else ("5.25.2", "5.33.1")
    _whole(walking, checks, old, new)
    _rolling(walking, checks, *(own if path(*own).rolling else ROLLING))
    _every_way(walking, checks, faults=faults)
    refused(walking, checks)
    if faults:
        hindered(walking, checks)


def _every_way(walking: Walking, checks: Checks, *, faults: bool) -> None:
    pairs = list(dict.fromkeys([*ways(), *(_every_pair() if faults else ())]))
    with checks.check(
        ROOM, "every way: its updates in order, the schema of the new release, every row of before"
    ) as said:
        for one, other in pairs:
            _way(walking, one, other)
        said.append(f"{len(pairs)} ways, from {pairs[0][0]} to {NEWEST}")


def _whole(walking: Walking, checks: Checks, old: str, new: str) -> None:
    stage, host = walking.stage, walking.host
    entries = stage.site.step("archive/storage")
    with checks.check(ROOM, f"a site of {old}: its archive answers, images are in the bucket") as said:
        stage.must(walking.up, image=walking.image(old))
        # It keeps images from its next start on.
        host.run("docker", "restart", "c0ffee")
        if walking.receiving:
            walking.receiving.run()
        else:
            stage.must(entries, storage_endpoint=walking.bucket.url)
        stage.must(walking.check)
        sent = [walking.send() for _ in range(3)]
        walking.born(old, sent)
        host.put(f"{KEPT}/data/kept", "of before")
        said.append(f"{walking.found()} studies")
    studies, rows, images = walking.found(), walking.rows(), len(sent)
    with checks.check(ROOM, f"{old} → {new}: database and directory are backed up, the old archive goes on"):
        stage.must(walking.directory_step("backup", ()))
        told = stage.must(walking.step("backup", old, new))
        expect("of pgm-rehearsed is made" in told, f"it said {told}")
        expect(walking.found() == studies, "the old archive no longer finds what it found")
    with checks.check(
        ROOM, f"{old} → {new}: tasks at work end first; those that do not end keep every archive running"
    ):
        queues = host.root.parent / "container/queues"
        queues.write_text(json.dumps({"IN PROCESS": 2}))
        done = stage.run(walking.step("drain", old, new), more={"DICOM_DRAIN_SECONDS": "0.2"})
        expect(
            done.returncode == 1 and "tasks are still at work after 0 s: Export 2" in done.stderr,
            f"it said {done.stderr}",
        )
        expect(walking.found() == studies and walking.tier.status == "RUNNING", "an archive was stopped")
        queues.write_text(json.dumps({"IN PROCESS": [2, 1, 0]}))
        told = stage.must(walking.step("drain", old, new))
        expect("waiting for tasks at work: Export 2\nwaiting for tasks at work: Export 1\n" in told, f"it said {told}")
        expect(f"the archive finds {studies} studies and gives {images} images" in told, f"it said {told}")
        queues.unlink()
    if walking.receiving:
        sent += folder_before(walking, checks, old, new, sent)
        studies, rows, images = walking.found(), walking.rows(), len(sent)
    with checks.check(ROOM, f"{old} → {new}: every archive stops, each update in its own transaction") as said:
        told = stage.must(walking.step("upgrade", old, new), limit=WALK_SECONDS)
        expect((walking.tier.status, walking.tier.running) == ("STOPPED", 0), "the DICOMweb tier runs")
        expect(told.index("is stopped") < told.index("update "), "an update before the stop")
        expect(walking.rows() == rows, f"rows {rows} are {walking.rows()}")
        said.append(f"{told.count(' is in')} updates")
    with checks.check(ROOM, f"{old} → {new}: the directory's data, one release after the other"):
        told = stage.must(walking.directory_step("update", path(old, new).ldap), limit=WALK_SECONDS)
        expect(f"the directory's data is of {path(old, new).ldap[-1]}" in told, f"it said {told}")
    with checks.check(ROOM, f"{old} → {new}: the new image starts on the kept volume, its folders are its own"):
        stage.must(walking.up, image=walking.image(new))
        stage.must(walking.check, walked_from=old, image=walking.image(new))
        expect(
            f"arc-ear-{new}-psql.ear" in host.read(f"{KEPT}/log/server.log").splitlines()[-1], "another program runs"
        )
        expect(host.read(f"{KEPT}/data/kept") == "of before", "data went")
        expect((host.root / BEFORE[1:] / "deployments").is_dir(), "the old image's folders are gone")
        expect(not (host.root / BEFORE[1:] / "may-go").exists(), "they may go before anything was looked at")
    if walking.receiving:
        folder_after(walking, checks, old, new, sent)
    with checks.check(ROOM, f"{old} → {new}: studies are found, images given, one stored; what is of before may go"):
        told = stage.must(walking.step("walked", old, new))
        expect(
            f"{studies} studies are found, {studies} were before; all {images} images of before are given" in told, told
        )
        walking.given(sent)
        expect((host.root / BEFORE[1:] / "may-go").exists(), "nobody said that it may go")
    with checks.check(ROOM, f"{old} → {new}: the DICOMweb tier starts again, last of all"):
        stage.must(walking.step("resume", old, new))
        expect((walking.tier.status, walking.tier.running) == ("RUNNING", 2), f"it is {walking.tier}")
    with checks.check(ROOM, f"{old} → {new}: every step again changes nothing; the next `up` deletes what may go"):
        shape = walking.shape()
        told = stage.must(walking.step("upgrade", old, new), limit=WALK_SECONDS)
        expect(f"is of {new} already" in told and walking.tier.running == 2, f"it said {told}")
        stage.must(walking.directory_step("update", path(old, new).ldap), limit=WALK_SECONDS)
        stage.must(walking.up, image=walking.image(new))
        expect(not (host.root / BEFORE[1:]).exists(), "it is there")
        expect(walking.shape() == shape, "the schema changed")
        walking.given(sent)
    stage.must(walking.up)
    stage.must(walking.check)


def _rolling(walking: Walking, checks: Checks, old: str, new: str) -> None:
    stage, host = walking.stage, walking.host
    with checks.check(
        ROOM, f"{old} → {new}, one schema: one archive after the other, and a client stores, finds and reads throughout"
    ) as said:
        stage.must(walking.up, image=walking.image(old))
        tier = Instances(stage, walking.up.host, TIER)
        for name in TIER:
            tier.change(name, old)
        client = Client(tier, walking.title)
        client.further()
        stage.must(walking.step("drain", old, new), ae_title="")
        stage.must(walking.directory_step("update", path(old, new).ldap), limit=WALK_SECONDS)
        stage.must(walking.up, image=walking.image(new))
        stage.must(walking.check, image=walking.image(new))
        client.further()
        for at, name in enumerate(TIER):
            expect(all(tier.answers(other) for other in TIER if other != name), "two instances are away at once")
            tier.change(name, new)
            expect(
                [f"-{new}-" in tier.program(one) for one in TIER] == [one <= at for one in range(len(TIER))],
                f"what runs is {[tier.program(one) for one in TIER]}",
            )
            client.further()
        client.end()
        expect(not client.wrong, f"the client saw: {'; '.join(client.wrong)}")
        walking.given(client.sent)
        expect(
            f"arc-ear-{new}-psql.ear" in host.read(f"{KEPT}/log/server.log").splitlines()[-1], "another program runs"
        )
        said.append(f"{client.rounds} rounds, {len(client.sent)} images, none was refused or lost")
    tier.end()
    stage.must(walking.up)
    stage.must(walking.check)


def _way(walking: Walking, old: str, new: str) -> None:
    walking.born(new)
    wanted = walking.shape()
    walking.born(old)
    rows = walking.rows()
    told = walking.stage.must(walking.step("upgrade", old, new), limit=WALK_SECONDS, **QUIET)
    ins = [line.split()[1] for line in told.splitlines() if line.startswith("update ")]
    expect(ins == [each.name for each in path(old, new).sql], f"{old} to {new}: updates {ins}")
    expect(walking.shape() == wanted, f"{old} to {new}: the schema is another than that of {new}")
    expect(walking.rows() == rows, f"{old} to {new}: rows {rows} are {walking.rows()}")
