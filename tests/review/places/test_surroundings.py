"""Where a stack's resources are sought: provider blocks, their aliases and arguments, the state."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.before_after import provider_blocks
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.places import surroundings
from tests.review.small import Document, document, stack

HERE, THERE = {"region": "cn-shanghai"}, {"alias": "hz", "region": "cn-hangzhou"}
TWIN = {"alias": "twin", "region": "cn-shanghai"}
ALL = {"alicloud": [HERE, THERE, TWIN]}


def told(before: Document, after: Document) -> tuple[list[str], list[str]]:
    """Losses, and settings."""
    both = Sides(stack(before, "before"), stack(after, "after"))
    settings = surroundings.settings(both)
    lost = [f"{loss.action} {loss.address}: {loss.what}" for loss in surroundings.elsewhere(both, settings)]
    return lost, [f"{one.path}: {one.before} → {one.after}" for one in settings]


def bucket(**more: Any) -> Document:
    return {"alicloud_oss_bucket": {"b": {"bucket": "clinic-images", **more}}}


def of(resource: Document, provider: Any, **more: Any) -> Document:
    return {**document(resource, **more), "provider": provider}


ELSEWHERE = "point elsewhere alicloud_oss_bucket.b: objects of the bucket: it is sought in another place"
ALL_ELSEWHERE = "point elsewhere with provider.alicloud: sight of everything in the old place"


@pytest.mark.parametrize(
    ("one", "other"),
    [({}, {"provider": "alicloud.hz"}), ({"provider": "alicloud.twin"}, {"provider": "${alicloud.hz}"})],
)
def test_a_resource_that_gets_a_provider_of_another_region_is_sought_elsewhere(one: Document, other: Document) -> None:
    lost, settings = told(of(bucket(**one), ALL), of(bucket(**other), ALL))
    assert lost == [ELSEWHERE]
    assert settings[0].endswith("→ alicloud.hz (cn-hangzhou)")
    assert settings[0].startswith("alicloud_oss_bucket.b.provider: alicloud")
    assert told(of(bucket(**other), ALL), of(bucket(**one), ALL))[0] == [ELSEWHERE]


def test_another_name_of_the_same_place_is_no_loss() -> None:
    assert told(of(bucket(), ALL), of(bucket(provider="alicloud.twin"), ALL)) == ([], [])


def test_what_holds_no_data_is_said_but_not_guarded() -> None:
    vpc = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}
    away = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8", "provider": "alicloud.hz"}}}
    lost, settings = told(of(vpc, ALL), of(away, ALL))
    assert lost == []
    assert settings == ["alicloud_vpc.v.provider: alicloud (cn-shanghai) → alicloud.hz (cn-hangzhou)"]


def test_a_moved_resource_is_followed_to_its_new_provider() -> None:
    moved = [{"from": "alicloud_oss_bucket.b", "to": "alicloud_oss_bucket.c"}]
    after = {"alicloud_oss_bucket": {"c": {"bucket": "clinic-images", "provider": "alicloud.hz"}}}
    assert told(of(bucket(), ALL), of(after, ALL, moved=moved))[0] == [ELSEWHERE.replace("bucket.b", "bucket.c")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"region": "cn-shanghai"}, {"region": "cn-beijing"}),
        ({"region": "cn-shanghai"}, {}),
        ({"account_id": "1234567890123456"}, {"account_id": "6543210987654321"}),
        ({"profile": "clinic"}, {"profile": "other"}),
        ({"assume_role": [{"role_arn": "acs:ram::1:role/a"}]}, {"assume_role": [{"role_arn": "acs:ram::2:role/a"}]}),
    ],
)
def test_another_place_of_the_provider_itself_is_a_loss_either_way(before: Document, after: Document) -> None:
    for one, other in ((before, after), (after, before)):
        assert told(of(bucket(), {"alicloud": [one]}), of(bucket(), {"alicloud": other}))[0] == [ALL_ELSEWHERE]


def test_a_region_that_a_variable_or_local_says_is_followed() -> None:
    said: Document = {"alicloud": {"region": "${var.region}"}}
    by_variable = [of(bucket(), said, variable={"region": {"default": name}}) for name in ("cn-shanghai", "cn-beijing")]
    assert told(by_variable[0], by_variable[1])[0] == [ALL_ELSEWHERE]
    by_local: Document = {"alicloud": {"region": "${local.region}"}}
    same = of(bucket(), by_local, locals={"region": "cn-shanghai"})
    assert told(by_variable[0], same)[0] == [], "written another way, the same place"


def test_a_module_that_is_handed_another_provider_is_sought_elsewhere() -> None:
    def calling(block: str) -> Document:
        return of(bucket(), ALL, module={"m": {"source": "registry/x/y", "providers": {"alicloud": block}}})

    lost, settings = told(calling("alicloud"), calling("alicloud.hz"))
    assert lost == ["point elsewhere module.m: sight of everything in it in the old place"]
    assert settings == ["module.m.providers: alicloud (cn-shanghai) → alicloud.hz (cn-hangzhou)"]
    assert told(calling("alicloud"), calling("alicloud.twin"))[0] == []


def test_another_state_is_a_loss() -> None:
    def kept(backend: Document) -> Document:
        found = of(bucket(), ALL)
        return {**found, "terraform": {**found["terraform"], "backend": backend}}

    moved = ["move terraform.backend: the state, unless it is migrated (terraform init -migrate-state)"]
    lost, _ = told(kept({"oss": {"bucket": "a"}}), kept({"oss": {"bucket": "b"}}))
    assert lost == moved
    workspace = of(bucket(), ALL)
    cloud = {**workspace["terraform"], "cloud": {"organization": "o", "workspaces": {"name": "w"}}}
    lost, settings = told(workspace, {**workspace, "terraform": cloud})
    assert lost == moved
    assert settings[0].startswith("backend.cloud: None → ")


def test_a_state_that_is_encrypted_another_way_is_a_loss_without_a_way_back() -> None:
    """OpenTofu's encryption: with another key nobody reads the state any more."""

    def kept(**said: Any) -> Document:
        found = of(bucket(), ALL)
        return {**found, "terraform": {**found["terraform"], **({"encryption": said} if said else {})}}

    def keyed(phrase: str, **state: Any) -> Document:
        method = {"aes_gcm": {"m": {"keys": "key_provider.pbkdf2.k"}}}
        keys = {"pbkdf2": {"k": {"passphrase": phrase}}}
        return kept(key_provider=keys, method=method, state={"method": "method.aes_gcm.m", **state})

    lost = ["change terraform.encryption: the state, which only the old way reads (state.fallback keeps it readable)"]
    found, settings = told(keyed("a-long-old-passphrase"), keyed("a-long-new-passphrase"))
    assert found == lost
    assert "phrase-" not in str(settings)
    assert "-passphrase" not in str(settings)
    assert told(keyed("a-long-old-passphrase"), kept())[0] == lost
    assert told(kept(), keyed("a-long-new-passphrase"))[0] == lost
    assert told(kept(), keyed("a-long-new-passphrase", fallback={"method": "method.unencrypted.u"}))[0] == []
    assert told(keyed("a-long-old-passphrase"), keyed("a-long-old-passphrase"))[0] == []


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ({"a": "cn-shanghai"}, {"a": "cn-beijing"}, ['alicloud.by["a"]']),
        ({"a": "cn-shanghai"}, {"a": "cn-shanghai", "b": "cn-beijing"}, []),
        ('${toset(["cn-shanghai"])}', ["cn-shanghai", "cn-beijing"], []),
        ({"a": {"region": "cn-shanghai"}}, {"a": {"region": "cn-beijing"}}, ['alicloud.by["a"]']),
        ("${local.one}", "${local.other}", ["alicloud.by"]),
    ],
)
def test_a_provider_for_each_region_points_elsewhere_where_its_region_does(
    before: Any, after: Any, lost: list[str]
) -> None:
    def regions(each: Any) -> Document:
        path = ".region" if "region" in str(each) else ""
        block = {"alias": "by", "for_each": each, "region": f"${{each.value{path}}}"}
        return {**of(bucket(), ALL), "provider": {"alicloud": [{"region": "cn-shanghai"}, block]}}

    found, _ = told(regions(before), regions(after))
    assert found == [f"point elsewhere with provider.{name}: sight of everything in the old place" for name in lost]


INNER = 'resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic-images"\n}\n'
CHOSEN = INNER.replace("{\n", "{\n  provider = alicloud.hz\n", 1)
OWN = 'variable "region" {}\nprovider "alicloud" {\n  region = var.region\n}\n' + INNER


def calls(place: Path, outer: str, inner: str, **call: Any) -> Stack:
    """A stack that calls a module which calls another; `place` names the side."""
    for name, text in {"outer": outer, "inner": inner}.items():
        (place / name).mkdir(parents=True)
        (place / name / "main.tf").write_text(text)
    return Stack(place / "s", of(bucket(), ALL, module={"m": {"source": "../outer", **call}}))


BOTH = {"providers": {"alicloud": "alicloud", "alicloud.hz": "${alicloud.hz}"}}
OUTER = 'module "i" {\n  source = "../inner"\n%s}\n'
HANDED = OUTER % "  providers = {\n    alicloud = alicloud%s\n  }\n"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (
            (HANDED % "", INNER, BOTH), (HANDED % ".hz", INNER, BOTH),
            ["point elsewhere module.m.module.i: sight of everything in it in the old place"],
        ),
        (
            (HANDED % "", INNER, {}), (HANDED % "", INNER, {"providers": {"alicloud": "alicloud.hz"}}),
            ["point elsewhere module.m: sight of everything in it in the old place"],
        ),
        (
            (INNER, "", BOTH), (CHOSEN, "", BOTH),
            ["point elsewhere module.m.alicloud_oss_bucket.b: objects of the bucket: it is sought in another place"],
        ),
        (
            (OWN, "", {"region": "cn-shanghai"}), (OWN, "", {"region": "cn-hangzhou"}),
            ["point elsewhere with provider.module.m.alicloud: sight of everything in the old place"],
        ),
        ((OWN, "", {"region": "cn-shanghai"}), (OWN, "", {"region": "cn-shanghai"}), []),
    ],
)  # fmt: skip
def test_what_modules_hand_on_choose_or_bring_themselves_leads_elsewhere_too(
    before: tuple[str, str, Document], after: tuple[str, str, Document], lost: list[str], tmp_path: Path
) -> None:
    one, other = (calls(tmp_path / name, *side[:2], **side[2]) for name, side in (("before", before), ("after", after)))
    both = Sides(one, other)
    found = surroundings.elsewhere(both, surroundings.settings(both))
    assert [f"{loss.action} {loss.address}: {loss.what}" for loss in found] == lost


def test_provider_blocks_of_each_side_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of_stack, read = provider_blocks.of_stack, []

    def noted(stack: Stack) -> provider_blocks.Blocks:
        read.append(stack.folder.name)
        return of_stack(stack)

    monkeypatch.setattr(provider_blocks, "of_stack", noted)
    told(of(bucket(), ALL), of(bucket(provider="alicloud.hz"), ALL))
    assert read == ["before", "after"]
