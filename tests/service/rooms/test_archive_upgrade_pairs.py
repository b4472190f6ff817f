"""Every two releases of the table: what a site's settings say of the change, which steps it adds, what else it touches.

The steps of all pairs come from the room's own code with a notebook in the place of Cloud Assistant's resources, since a synthesis
of each takes minutes; one pair of each kind is synthesized, and must be what the notebook and the table say.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from dicom_cdk.releases.path import path
from dicom_cdk.releases.table import RELEASES, tags, worklist_apart
from dicom_cdk.service.rooms import archive_upgrade
from dicom_cdk.settings.rules import RULES
from dicom_cdk.settings.site import SiteSettings
from tests.conftest import SMALL_SITE
from tests.service.rooms.test_archive_upgrade import RELEASE_CHANGES, touched
from tests.synthesized import Synthesized

TAKEN = [version for version, known in RELEASES.items() if not known.refused]
PAIRS = [pair for pair in product(TAKEN, TAKEN) if path(*pair).steps]
REPOSITORIES = ("dcm4che-tools", "dcm4chee-arc-psql", "postgres-dcm4chee", "slapd-dcm4chee")
Kind = tuple[bool, bool, bool]
KINDS = {("5.25.1", "5.25.2"), ("5.26.1", "5.27.0"), ("5.31.0", "5.31.1"), ("5.33.0", "5.33.1")}
"""A pair of each kind that `release_changes.yaml` has none of, the nearest to each other."""


def other_tags(old: str, new: str) -> tuple[str, ...]:
    """Repositories whose tag differs between the two."""
    return tuple(each for each in REPOSITORIES if tags(old)[each] != tags(new)[each])


def kind(old: str, new: str) -> Kind:
    """What a synthesis sees of a change, beside tags of images: SQL, directory data, another image with the SQL."""
    return bool(path(old, new).sql), bool(path(old, new).ldap), "postgres-dcm4chee" in other_tags(old, new)


class Noted(list[tuple[str, dict[str, Any], list[str]]]):
    """Steps as they are asked for: name, values, names of what they wait for."""

    def step(self, _scope: object, name: str, *, values: Any, after: Sequence[Any], **_: object) -> SimpleNamespace:
        self.append((name, dict(values), [each.name for each in after]))
        return SimpleNamespace(ready=SimpleNamespace(name=name))


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Noted]:
    """The steps of a change, as `archive_upgrade` asks for them."""

    def of(old: str, new: str) -> Noted:
        noted = Noted()
        monkeypatch.setattr(archive_upgrade, "HostStep", noted.step)
        monkeypatch.setattr(archive_upgrade.Walk, "_grant", lambda *_: None)
        secrets = SimpleNamespace(roles={"archive": SimpleNamespace(grants=[SimpleNamespace(name="grant")])})
        platform = SimpleNamespace(secrets=secrets)
        dicom = SimpleNamespace(ae_title="DCM4CHEE", application="DicomService", namespace_id="cn-shanghai:clinic")
        walk = archive_upgrade.Walk(path(old, new), host=Any, platform=platform, dicom=dicom, told={})  # type: ignore[arg-type]

        def back_up(after: Sequence[Any]) -> list[Any]:
            return [noted.step(None, f"backup-{node}", values={}, after=after).ready for node in "lg"]

        def update(releases: Sequence[str], after: Sequence[Any]) -> Any:
            return noted.step(None, "update-l", values={"updates": list(releases)}, after=after).ready

        directory = SimpleNamespace(back_up=back_up, update=update, ready=[SimpleNamespace(name="directory")])
        database = SimpleNamespace(ready=SimpleNamespace(name="database"), instance_id="pgm")
        before = walk.before_start(cast(Any, None), cast(Any, database), cast(Any, directory))
        walk.before_change(cast(Any, None), before)
        walk.after_start(cast(Any, None), [cast(Any, SimpleNamespace(name="answers"))])
        return noted

    return of


def expected(old: str, new: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """The steps that a change adds, by the table."""
    sql, ldap = [f"{each.name}={each.marker}" for each in path(old, new).sql], list(path(old, new).ldap)
    told = {"ae_title": "DCM4CHEE", "upgrade_from": old, "upgrade_to": new}
    if sql or ldap:
        yield from ((f"backup-{node}", {}, ["directory", "database"]) for node in "lg")
    if sql:
        tier = {"application": "DicomService", "namespace_id": "cn-shanghai:clinic"}
        yield "backup", {**told, "instance": "pgm"}, ["grant", "database"]
        yield "drain", told, ["backup-l", "backup-g", "backup"]
        yield "upgrade", {**told, **tier, "updates": sql}, ["drain"]
    if ldap:
        yield "update-l", {"updates": ldap}, ["upgrade"] if sql else ["backup-l", "backup-g"]
    if sql:
        yield "walked", told, ["answers"]
    else:
        yield "drain", {}, ["update-l" if ldap else "database"]


def test_every_pair_of_releases_adds_the_steps_that_its_updates_need_in_their_order_and_no_other(
    walked: Callable[[str, str], Noted],
) -> None:
    for pair in PAIRS:
        assert walked(*pair) == list(expected(*pair)), pair


def test_every_pair_of_releases_is_a_site_or_refused_with_the_reason_of_its_way() -> None:
    small = SiteSettings.model_validate(SMALL_SITE, strict=False)
    for old, new in product(RELEASES, RELEASES):
        archive = small.archive.model_copy(update={"version": new, "upgrade_from": old})
        site = small.model_copy(update={"archive": archive})
        said = [(problem.key, problem.what) for rule in RULES for problem in rule(site)]
        taken = [("archive.version", f"is not to be taken: {RELEASES[new].refused}")] if RELEASES[new].refused else []
        if old == new:
            assert said == [*taken, ("archive.upgrade_from", "is the release of archive.version itself")]
        elif path(old, new).refused:
            assert said == [*taken, ("archive.upgrade_from", path(old, new).refused)]
        else:
            assert said == [], (old, new)


def test_every_pair_of_releases_is_of_a_kind_that_is_synthesized() -> None:
    synthesized = {*KINDS, *(tuple(each.split(" to ")) for each in listed())}
    assert {kind(*pair) for pair in PAIRS} == {kind(*pair) for pair in synthesized}
    assert all(pair in PAIRS for pair in synthesized)


@pytest.mark.parametrize(("old", "new"), sorted(KINDS), ids="-".join)
def test_a_pair_of_each_kind_touches_what_its_updates_and_images_need_and_nothing_else(
    old: str, new: str, stack_with: Callable[..., Synthesized], walked: Callable[[str, str], Noted]
) -> None:
    assert worklist_apart(old) == worklist_apart(new), "a change of AE titles is another kind"
    found = touched(old, new, stack_with)
    added = {place for place, what in found.items() if what == "added"}
    steps = {place for name, _, _ in walked(old, new) for place in steps_of(name)}
    if path(old, new).sql:
        steps |= {"archive/walk", "archive/walk-grant", "dicomweb/resume/command", "dicomweb/resume/run"}
    assert added == steps
    # The pair that stops everybody, or nobody, has each attribute that a change of its kind touches.
    most = listed()["5.25.2 to 5.33.1" if path(old, new).sql else "5.34.0 to 5.34.3"]
    tagged = {f"registry/subscription-{each}" for each in REPOSITORIES}
    others = {f"registry/subscription-{each}": ["tag_regexp"] for each in other_tags(old, new)}
    changed = {place: what for place, what in found.items() if what != "added" and place not in tagged}
    assert {place: what for place, what in found.items() if place in tagged} == others
    of_sql = {"parameters"} if "postgres-dcm4chee" in other_tags(old, new) else set()
    for place, names in changed.items():
        assert set(names) <= set(most[place]) | (of_sql if place == "archive/schema/run" else set()), place
    assert changed.keys() >= {"archive/up/run", "archive/check/run", "dicomweb/application", "directory/prepare-l/run"}


def steps_of(name: str) -> Iterator[str]:
    room = "directory" if name in ("backup-l", "backup-g", "update-l") else "archive"
    yield from (f"{room}/{name}/{part}" for part in ("command", "run"))


def listed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Path(RELEASE_CHANGES).read_text())
    return found
