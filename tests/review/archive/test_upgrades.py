"""What a review says of a changed release of the archive, and that nobody passes it by accident."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.review.archive.receiving import through_a_folder
from dicom_cdk.review.archive.upgrades import FOLDER, FOLDER_STOPPED, lost_by_upgrade, told, upgrades
from dicom_cdk.review.before_after.sides import Sides

Json = dict[str, Any]
IMAGE = "registry.example.com/dicom/dcm4chee-arc-psql"


def stack(tag: str, name: str = "dicomweb_app", **more: Json) -> Stack:
    app = {"app_name": "dicomweb", "image_url": f"{IMAGE}:{tag}"}
    return Stack(Path("stack"), {"resource": {"alicloud_sae_application": {name: app}, **more}})


def lines(old: str, new: str) -> list[str]:
    return list(told(upgrades(Sides(stack(old), stack(new)))))


def test_the_way_is_printed_step_by_step_with_what_stops_and_what_cannot_be_undone() -> None:
    assert lines("5.25.2", "5.26.1") == [
        "5.25.2 → 5.26.1",
        "  1. the schema of 5.26.1 goes into both nodes of the directory; the old archives go on",
        "  2. database and directory are backed up",
        "  3. tasks that are at work in the archive's queues end, for 15 minutes at most, or nothing is stopped; those that wait "
        "stay in the database, and the new archive goes on with them",
        "  4. every archive stops, the DICOMweb tier with them (stopped)",
        "  5. SQL update 5.26, in a transaction of its own; table issuer is taken away (stopped, only backups lead back)",
        "  6. directory data of 5.26.0, 5.26.1, on one node (stopped, only backups lead back)",
        "  7. the folders of programs and configuration that 5.25.2 left are put aside; 5.26.1 brings its own, without what was "
        "changed in them by hand (stopped)",
        "  8. the archives start as 5.26.1, the host's first: a query, a store and a retrieve must answer, no study may be "
        "missing (stopped)",
        "  stopped from step 4 to 8: a minute or two for each archive's start, and what the SQL takes on this database's tables, "
        "which a clone of it tells (docs/upgrades.md)",
    ]


def test_every_pair_of_releases_is_told_as_the_golden_says(regenerate: bool) -> None:
    names = [*RELEASES, "latest", "5.25", "5.99.0"]
    found = "".join(
        f"{line}\n" for old in RELEASES for new in names for line in lines(old, new) if not RELEASES[old].refused
    )
    golden = Path(__file__).parent / "ways.txt"
    if regenerate:
        golden.write_text(found)
    assert found == golden.read_text(), "if meant: pytest tests/review/archive/test_upgrades.py --regenerate"


def test_a_shared_folder_is_told_with_what_happens_to_what_it_alone_holds() -> None:
    def with_folder(tag: str, receive: str) -> Stack:
        values = (
            f'${{jsonencode({{"receive" = "{receive}", "storage_endpoint" = "https://oss", "storage_id" = "oss"}})}}'
        )
        step = {"archive_storage_run": {"parameters": {"values": values}}}
        stands = stack(tag)
        stands.document["resource"]["alicloud_ecs_invocation"] = step
        return stands

    for receive, old, new, said in (
        ("cache", "5.25.2", "5.33.1", FOLDER_STOPPED),
        ("drain", "5.34.0", "5.34.3", FOLDER),
    ):
        sides = Sides(with_folder(old, receive), with_folder(new, receive))
        assert list(told(upgrades(sides), through_a_folder=through_a_folder(sides)))[-1] == said
    direct = Sides(with_folder("5.25.2", "direct"), with_folder("5.33.1", "direct"))
    assert not through_a_folder(direct)
    refused = Sides(with_folder("5.33.1", "cache"), with_folder("5.25.2", "cache"))
    assert "folder" not in "".join(told(upgrades(refused), through_a_folder=True))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("5.25.2", "5.25.0", "  no way: from 5.25.2 back to 5.25.0: no script leads back"),
        ("5.25.2", "latest", "  no way: latest is no release that is known"),
        ("5.25.2", "5.34.2", "  no way: 5.34.2 is not to be taken"),
        ("5.25.2", "5.34.3", "  by way of: 5.25.2 → 5.33.1 → 5.34.3"),
    ],
)
def test_where_there_is_no_way_the_reason_is_said(old: str, new: str, said: str) -> None:
    assert any(line.startswith(said) for line in lines(old, new))


@pytest.mark.parametrize(("old", "new"), [("5.25.2", "5.33.1"), ("5.25.0", "5.25.2"), ("5.33.1", "5.25.2")])
def test_every_changed_release_has_to_be_allowed(old: str, new: str) -> None:
    (loss,) = lost_by_upgrade(upgrades(Sides(stack(old), stack(new))))
    assert (loss.address, loss.reason) == ("alicloud_sae_application.dicomweb_app", "")
    assert loss.action == f"change the archive's release from {old} to {new} of"


def test_a_suffix_another_registry_and_a_new_archive_are_no_change_of_release() -> None:
    assert lines("5.25.2", "5.25.2-mirror") == []
    assert not upgrades(Sides(None, stack("5.25.2")))
    assert not upgrades(Sides(Stack(Path("stack"), {"resource": {}}), stack("5.25.2")))


def test_an_archive_that_is_moved_at_the_same_time_is_found() -> None:
    after = stack("5.26.1", "dicomweb_application")
    after.document["moved"] = [
        {"from": "alicloud_sae_application.dicomweb_app", "to": "alicloud_sae_application.dicomweb_application"}
    ]
    assert list(upgrades(Sides(stack("5.25.2"), after))) == ["alicloud_sae_application.dicomweb_application"]


def test_values_of_host_steps_are_looked_into_too() -> None:
    def step(tag: str) -> Stack:
        values = f'${{jsonencode({{"image" = "{IMAGE}:{tag}"}})}}'
        return Stack(
            Path("stack"),
            {"resource": {"alicloud_ecs_invocation": {"archive_up_run": {"parameters": {"values": values}}}}},
        )

    assert list(upgrades(Sides(step("5.25.2"), step("5.33.1")))) == ["alicloud_ecs_invocation.archive_up_run"]
