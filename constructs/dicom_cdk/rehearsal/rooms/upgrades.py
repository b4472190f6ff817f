"""Upgrades: the archive's release changes on a site that lives, along every way there is, stopped and hindered anywhere.

Real are the host's steps, PostgreSQL, the directory, the kept folders; SQL and directory data are of our own making in the shape of
the archive's, which is a stand-in, as RDS and SAE are.
"""

from collections.abc import Iterator
from itertools import pairwise

from dicom_cdk.rehearsal.archive.stand_in_releases import data_of
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms.walk.directory import WALK_SECONDS
from dicom_cdk.rehearsal.rooms.walk.faults import hindered, refused
from dicom_cdk.rehearsal.rooms.walk.rolling import Client, Instances
from dicom_cdk.rehearsal.rooms.walk.steps import LOG, Walk, order_of
from dicom_cdk.rehearsal.rooms.walk.walking import QUIET, Walking, walk_of
from dicom_cdk.rehearsal.stage import Stage
from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import number

ROOM = "upgrades"
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


def walks(own: tuple[str, str]) -> tuple[str, str, tuple[str, str]]:
    """The whole walk, from one release to another, and the one that stops nobody: `own` is one of the two, unless the site is of
    the newest release.
    """
    old, new = own if path(*own).sql else ("5.25.2", "5.33.1")
    return old, new, own if path(*own).rolling and path(*own).steps else ROLLING


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
    old, new, rolling = walks(own)
    before = walking.directory.saved()
    Walk(walking, checks, old, new).go(order_of(stage.site))
    _rolling(walking, checks, *rolling)
    _back(walking, checks, before)
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


def _rolling(walking: Walking, checks: Checks, old: str, new: str) -> None:
    stage, host = walking.stage, walking.host
    with checks.check(
        ROOM, f"{old} → {new}, one schema: one archive after the other, and a client stores, finds and reads throughout"
    ) as said:
        walking.directory.at(old)
        walking.stored(old)
        stage.must(walking.up, image=walking.image(old))
        tier = Instances(stage, walking.up.host, TIER)
        for name in TIER:
            tier.change(name, old)
        client = Client(tier, walking.title)
        client.further()
        stage.must(walking.step("drain", old, new), ae_title="")
        walking.directory.at(new)
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
        expect(f"arc-ear-{new}-psql.ear" in host.read(LOG).splitlines()[-1], "another program runs")
        said.append(f"{client.rounds} rounds, {len(client.sent)} images, none was refused or lost")
    tier.end()


def _back(walking: Walking, checks: Checks, before: str) -> None:
    own, newest = walking.release, data_of(walking.directory.content()[0])
    with checks.check(
        ROOM,
        f"{newest} → {own}: the directory's backup of before is restored on both nodes, and its archive starts again",
    ):
        walking.directory.restored(before)
        expect(number(data_of(walking.directory.content()[0]) or own) <= number(own), "data of a later release stayed")
        stage = walking.stage
        stage.must(walking.up)
        walking.stored(own)
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
