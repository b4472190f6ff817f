"""The way from one release to another: every pair of known ones, what it must hold, what it must not skip."""

from itertools import pairwise, product

import pytest

from dicom_cdk.releases.path import path, way
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import (
    LDAP_UPDATES,
    MERGE_AT,
    SQL_UPDATES,
    UNIQUE_PATIENTS_SINCE,
    kept_folders,
    ldap_between,
    number,
    sql_between,
)

TAKEN = [version for version, known in RELEASES.items() if not known.refused]
PAIRS = list(product(TAKEN, TAKEN))


def said(old: str, new: str) -> list[str]:
    return [step.text for step in path(old, new).steps]


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_a_pair_of_releases_has_a_way_or_a_refusal_and_never_both(pair: tuple[str, str]) -> None:
    old, new = pair
    found = path(old, new)
    assert bool(found.steps) == (old != new and not found.refused)
    if number(new) < number(old):
        assert "restore database and directory from the backups" in found.refused
    # Going by way of the releases to stand still at is the same, update by update, as going straight.
    if number(old) <= number(new):
        stops = way(old, new)
        parts = [path(one, other) for one, other in pairwise(stops)]
        assert not any(part.refused for part in parts)
        assert tuple(each for part in parts for each in part.sql) == sql_between(old, new)
        assert tuple(each for part in parts for each in part.ldap) == ldap_between(old, new)


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if path(*pair).steps], ids="-".join)
def test_nothing_runs_while_schema_or_directory_data_change_and_a_backup_comes_first(pair: tuple[str, str]) -> None:
    steps = path(*pair).steps
    final = [place for place, step in enumerate(steps) if step.final]
    texts = [step.text for step in steps]
    if path(*pair).rolling:
        assert not any(step.stopped for step in steps), "an archive answers at any time"
        backed_up = texts.index("the directory is backed up") if final else -1
        assert all(backed_up < place < len(steps) - 2 for place in final), "before the first archive of the new release"
        return
    assert all(steps[place].stopped for place in final)
    assert (
        texts.index("database and directory are backed up")
        < next(place for place, text in enumerate(texts) if text.startswith("tasks that are at work"))
        < texts.index("every archive stops, the DICOMweb tier with them")
        < final[0]
    )
    starts = next(place for place, text in enumerate(texts) if text.startswith("the archives start"))
    assert final[-1] < starts


def test_the_smallest_step_of_the_guide_needs_no_stop_and_puts_the_old_programs_aside() -> None:
    found = path("5.25.0", "5.25.2")
    assert found.rolling
    assert said("5.25.0", "5.25.2") == [
        "tasks that are at work in the archive's queues end, for 15 minutes at most, or nothing is stopped; those that wait "
        "stay in the database, and the new archive goes on with them",
        "the folders of programs and configuration that 5.25.0 left are put aside: its image would not replace them; 5.25.2 brings "
        "its own, without what was changed in them by hand",
        "the archive's host changes to 5.25.2: DIMSE and HL7 wait for one start, DICOMweb is answered by the others",
        "the DICOMweb tier changes to 5.25.2 one instance after the other; the others answer meanwhile",
    ]


def test_releases_of_one_schema_change_without_a_stop_even_where_the_directory_changes() -> None:
    found = path("5.34.0", "5.34.3")
    assert found.rolling
    assert not any(step.stopped for step in found.steps)
    assert "the old archives go on, one that starts anew may not come up" in said("5.34.0", "5.34.3")[2]
    assert not path("5.26.1", "5.27.0").rolling, "its directory data is the same, its schema is not"


def test_a_way_over_several_minors_runs_every_update_in_order() -> None:
    found = path("5.25.2", "5.31.2")
    assert [each.name for each in found.sql] == ["5.26", "5.27", "5.28", "5.29", "5.30", "5.31", "5.31.1"]
    assert found.ldap == (
        "5.26.0",
        "5.26.1",
        "5.28.0",
        "5.29.0",
        "5.29.1",
        "5.29.2",
        "5.30.0",
        "5.31.0",
        "5.31.1",
        "5.31.2",
    )
    texts = said("5.25.2", "5.31.2")
    assert any("worklist and UPS stay on the archive's own AE title" in text for text in texts)


def test_a_patch_with_an_index_of_its_own_runs_that_script_alone() -> None:
    assert [each.name for each in path("5.31.0", "5.31.2").sql] == ["5.31.1"]
    assert path("5.31.1", "5.31.2").sql == ()
    assert path("5.34.0", "5.34.3").sql == ()
    assert path("5.34.0", "5.34.3").ldap == ("5.34.1", "5.34.2", "5.34.3")


def test_a_jump_over_the_unique_patients_is_split_where_duplicates_can_be_merged() -> None:
    assert way("5.25.2", "5.34.3") == ("5.25.2", MERGE_AT, "5.34.3")
    assert (
        "5.33.1 comes first, patients of one id, issuer and name are merged in its console"
        in path("5.25.2", "5.34.3").refused
    )
    assert not path("5.33.1", "5.34.3").refused
    assert (
        said("5.33.1", "5.34.3")[0]
        == "the database is asked for patients of one id, issuer and name: there must be none"
    )
    assert UNIQUE_PATIENTS_SINCE == (5, 34, 0)


@pytest.mark.parametrize("version", ["5.34.2", "5.35.0"])
def test_a_release_that_is_not_to_be_taken_has_no_way_to_it_but_one_from_it(version: str) -> None:
    assert path("5.33.1", version).refused.startswith(f"{version} is not to be taken: ")
    assert not path("5.34.2", "5.34.3").refused


@pytest.mark.parametrize("unknown", ["latest", "5.25", "5.99.0", "5.31.3"])
def test_a_release_that_is_not_known_has_no_way(unknown: str) -> None:
    for pair in ((unknown, "5.25.2"), ("5.25.2", unknown)):
        assert path(*pair).refused.startswith(f"{unknown} is no release that is known, known are 5.25.0, ")


def test_suffixes_are_the_same_release() -> None:
    assert path("5.25.2", "5.25.2-mirror").steps == ()
    assert path("5.25.0-a", "5.25.2-b") == path("5.25.0", "5.25.2")


def test_updates_stand_in_order_and_each_has_a_marker_of_its_own() -> None:
    assert [number(each) for each in LDAP_UPDATES] == sorted(number(each) for each in LDAP_UPDATES)
    assert [number(each.name) for each in SQL_UPDATES] == sorted(number(each.name) for each in SQL_UPDATES)
    assert len({each.marker for each in SQL_UPDATES}) == len(SQL_UPDATES)


def test_what_an_image_does_with_kept_folders_is_known_of_every_release_and_none_of_ours_relies_on_it() -> None:
    assert "copied once" in kept_folders("5.25.1")
    assert "copied once" not in kept_folders("5.25.2")
    assert "overwritten" not in kept_folders("5.28.0")
    assert "overwritten when the release changes" in kept_folders("5.29.0")
    for old, new in PAIRS:
        if path(old, new).steps:
            assert sum("are put aside" in text for text in said(old, new)) == 1
