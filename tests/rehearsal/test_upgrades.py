"""A change of the archive's release, rehearsed as its users start it; the ways that it goes are those of the table."""

import json
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest

from dicom_cdk.rehearsal import command
from dicom_cdk.rehearsal.checks import Checks, RoomFailed
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.rooms import archive_sessions, receiving, upgrades
from dicom_cdk.rehearsal.rooms.walk import faults as walk_faults
from dicom_cdk.rehearsal.rooms.walk.steps import Walk, order_of
from dicom_cdk.rehearsal.rooms.walk.walking import Walking, own_step, walk_of
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import Stage, staged
from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from tests.conftest import ROOT
from tests.rehearsal.test_command import able
from tests.synthesized import Synthesized

__all__ = ["able"]
STACK = ROOT / "cdktf.out/stacks/dicom-sh"


def walked(site: Site, folder: Path, *before: Callable[[Stage], None], every: int = 0) -> list[str]:
    """Names of the checks of a walk, which all passed; what other tests check of these rooms is set up and not checked again."""
    folder.chmod(0o755)
    said = StringIO()
    checks = Checks(Lines(said))
    with staged(site, folder) as stage:
        for host in site.hosts:
            stage.first_boot(host)
        stage.database()
        if steps := receiving.steps_of(site):
            stage.receiving = receiving.Receiving(stage, *steps)
        for step in site.standing:
            if step.room == receiving.BUNDLE:
                stage.must(step, **stage.receiving.told)
            elif step.room in ("api_client", "docker_host", "directory", "storage", "archive"):
                stage.must(step)
        for check in before:
            check(stage)
        upgrades.rehearse(stage, checks, faults=False)
        if every:
            walk_faults.stopped_beside_archives(stage, checks, every, ("drain", "resume"))
    assert not checks.failed, said.getvalue()
    return [check.name for check in checks.done]


def sessions_are_lost(stage: Stage) -> None:
    """Faults of room archive, on the site that stands here already."""
    check = stage.site.step("archive/check")
    said: list[str] = []
    archive_sessions.forgotten(stage, stage.hosts[check.host], check, said)
    archive_sessions.sessions_killed(stage, stage.hosts[check.host], check, said)
    assert said[1:] == ["600 s of 900 s", "1 killed, the step too went on"]


def wrong_orders_fail(stage: Stage) -> None:
    """Each move looks for itself whether it may come now."""
    for order, words in (
        (("data", "upgrade"), "the DICOMweb tier of 5.25.2 runs while the directory's data becomes that of 5.33.1"),
        (("upgrade", "data", "schema"), "this image has no data of 5.26.0; it is older than that release, or another"),
    ):
        checks = Checks(Lines(StringIO()))
        with pytest.raises(RoomFailed):
            Walk(Walking(stage), checks, "5.25.2", "5.33.1").go(order)
        (failed,) = checks.failed
        assert failed.name == "5.25.2 → 5.33.1: the directory's data, one release after the other"
        assert words in failed.said


@pytest.fixture(scope="module")
def folder_site(stack_with: Callable[..., Synthesized]) -> Synthesized:
    """A site in a walk to the release from which on a storage names its guard in another way; it has a shared folder."""
    return stack_with(storage={"receive": "cache"}, archive={"version": "5.31.0", "upgrade_from": "5.30.0"})


def test_a_walk_is_rehearsed_in_the_order_of_its_stack(folder_site: Synthesized, tmp_path: Path) -> None:
    def order() -> tuple[str, ...]:
        return tuple(move for move in order_of(Site(tmp_path)) if move != "backup")

    stack = json.loads((folder_site.folder / "cdk.tf.json").read_text())
    runs = stack["resource"]["alicloud_ecs_invocation"]
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack))
    assert order() == ("schema", "drain", "upgrade", "data", "start", "walked", "resume")
    upgrade, data = runs["archive_upgrade_run"], runs["directory_update-l_run"]
    data["depends_on"], upgrade["depends_on"] = (
        upgrade["depends_on"],
        ["alicloud_ecs_invocation.directory_update-l_run"],
    )
    (tmp_path / "cdk.tf.json").write_text(json.dumps(stack))
    assert order() == ("schema", "drain", "data", "upgrade", "start", "walked", "resume")


def test_a_stacks_own_steps_are_rehearsed_in_walks_of_its_kind_only(
    folder_site: Synthesized, stack_with: Callable[..., Synthesized]
) -> None:
    stops = Site(folder_site.folder)
    rolls = Site(stack_with(archive={"version": "5.34.3", "upgrade_from": "5.34.0"}).folder)
    for site, mine, other in (
        (stops, ("5.25.2", "5.33.1"), ("5.34.0", "5.34.3")),
        (rolls, ("5.34.0", "5.34.3"), ("5.25.2", "5.33.1")),
    ):
        own = own_step(site, "drain", *mine)
        assert own is not None
        assert own.path == "archive/drain"
        assert own_step(site, "drain", *other) is None
    assert own_step(rolls, "upgrade", "5.34.0", "5.34.3") is None


@pytest.mark.server
@pytest.mark.apart
@pytest.mark.usefixtures("able")
def test_a_site_is_walked_with_its_images_and_every_step_may_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The rest differs in which updates run only; each of them is run by tests of the step.
    monkeypatch.setattr(upgrades, "ways", lambda: [("5.33.1", "5.34.3")])
    told = walked(Site(STACK), tmp_path, sessions_are_lost, wrong_orders_fail, every=25)
    for line in (
        "5.25.2 → 5.33.1: the directory's schema comes before its data, one node after the other; the old archive starts on it",
        "5.25.2 → 5.33.1: tasks at work end first; those that do not end keep every archive running",
        "5.25.2 → 5.33.1: every archive stops, each update in its own transaction",
        "5.25.2 → 5.33.1: the old archive does not start on the new data any more",
        "5.25.2 → 5.33.1: the new image starts on the kept volume, its folders are its own",
        "5.25.2 → 5.33.1: studies are found, images given, one stored; what is of before may go",
        "5.25.2 → 5.33.1: the DICOMweb tier starts again, last of all",
        "5.25.2 → 5.33.1: every step again changes nothing; the next `up` deletes what may go",
        "5.34.0 → 5.34.3, one schema: one archive after the other, and a client stores, finds and reads throughout",
        "5.34.3 → 5.25.2: the directory's backup of before is restored on both nodes, and its archive starts again",
        "every way: its updates in order, the schema of the new release, every row of before",
        "what cannot be walked is said before anything is touched: order, release, scripts, twins",
        "a statement that fails in the middle: nothing of its release stays, and the mended one goes on",
        "the database's disk fills in the middle of an update: nothing of it stays, with more room it goes on",
        "step drain: killed at each program that it starts, and run again",
        "step resume: killed at each program that it starts, and run again",
    ):
        assert line in told


@pytest.mark.server
@pytest.mark.apart
@pytest.mark.usefixtures("able")
def test_a_site_with_a_shared_folder_loses_nothing_that_only_the_folder_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder_site: Synthesized
) -> None:
    for part in ("_every_way", "_rolling", "refused"):
        monkeypatch.setattr(upgrades, part, lambda *_, **__: None)
    # The steps are the stack's own.
    site = Site(folder_site.folder)
    assert [step.entry for step in site.standing if step.room == "database"] == ["schema"]
    told = walked(site, tmp_path)
    for line in (
        "5.30.0 → 5.31.0: a bucket that takes nothing stops the walk, with what only the folder holds; then it is waited for",
        "5.30.0 → 5.31.0: an image of the last minute holds nobody up, and is among those asked for",
        "5.30.0 → 5.31.0: what the folder alone held is there, and the new archive copies it",
        "5.30.0 → 5.31.0: studies are found, images given, one stored; what is of before may go",
    ):
        assert line in told


def test_the_ways_lead_from_every_release_that_may_be_taken_to_the_newest() -> None:
    updates = {tuple(each.name for each in path(old, new).sql) for old, new in upgrades.ways()}
    for release, known in RELEASES.items():
        if not known.refused:
            for old, new in pairwise(way(release, upgrades.NEWEST)):
                assert tuple(each.name for each in path(old, new).sql) in updates | {()}


@pytest.mark.parametrize(
    ("own", "whole", "rolling"),
    [
        (("5.25.2", "5.33.1"), ("5.25.2", "5.33.1"), upgrades.ROLLING),
        (("5.30.0", "5.31.0"), ("5.30.0", "5.31.0"), upgrades.ROLLING),
        (("5.34.1", "5.34.3"), ("5.25.2", "5.33.1"), ("5.34.1", "5.34.3")),
        (("5.34.3", "5.34.3"), ("5.25.2", "5.33.1"), upgrades.ROLLING),
    ],
)
def test_a_site_of_any_release_is_rehearsed_in_a_walk_that_stops_everybody_and_in_one_that_stops_nobody(
    own: tuple[str, str], whole: tuple[str, str], rolling: tuple[str, str]
) -> None:
    assert upgrades.walks(own) == (*whole, rolling)


def test_a_site_without_a_walk_is_rehearsed_without_it_unless_it_is_named() -> None:
    assert "upgrades" in command.BY_NAME
    assert walk_of(Site(STACK)) is None
