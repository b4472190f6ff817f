"""Facts of another release are the base's with what is other laid over them."""

import json

import pytest

from dicom_cdk.offline import fields, schema_message
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import BASE, TypeFacts, shipped_store
from dicom_cdk.offline.versions import difference, news, whole
from dicom_cdk.offline.versions.store import UnknownRelease, VersionStore, releases, store_of
from provider.derive import committed

OLD = "1.288.0"
LIMIT = 150_000


UNCHANGED = {
    "version": "1.290.0", "resources": {}, "data_sources": {}, "functions": {}, "actions": {}, "read_back": {}, "stale": {},
}  # fmt: skip


def facts(release: str, name: str) -> TypeFacts:
    found = store_of(release).find("managed", name)
    assert found is not None
    return found


def test_the_base_and_the_release_before_it_are_here() -> None:
    assert releases() == [OLD, BASE]
    assert store_of(BASE) is shipped_store()


def test_a_release_whose_facts_are_not_here_is_refused() -> None:
    with pytest.raises(
        UnknownRelease, match=rf"^no facts of aliyun/alicloud 1\.200\.0 here; there are: {OLD}, {BASE} \(docs/provider"
    ):
        store_of("1.200.0")


@pytest.mark.parametrize(
    "folder", sorted((committed.PROVIDER).glob(f"*/{difference.FILE}")), ids=lambda path: path.parent.name
)
def test_a_further_release_adds_little(folder: object) -> None:
    path = committed.PROVIDER / str(folder)
    assert sum(file.stat().st_size for file in path.parent.iterdir()) < LIMIT


def test_a_type_that_came_later_is_unknown_in_the_release_before() -> None:
    assert store_of(OLD).find("managed", "alicloud_cr_internet_endpoint") is None
    assert store_of(BASE).find("managed", "alicloud_cr_internet_endpoint") is not None
    assert len(store_of(BASE).names("alicloud", "managed")) - len(store_of(OLD).names("alicloud", "managed")) == 4


def test_an_argument_may_force_a_replacement_in_one_release_and_not_in_the_other() -> None:
    forced = {
        one: fields.build(facts(one, "alicloud_gpdb_instance")).fields["cache_storage_size"].force_new
        for one in releases()
    }
    assert forced == {OLD: True, BASE: False}


def test_the_providers_own_block_is_that_of_the_release() -> None:
    blocks = {one: store_of(one).provider_block("alicloud")["block"].get("block_types", {}) for one in releases()}
    assert "features" in blocks[BASE]
    assert "features" not in blocks[OLD]
    assert ("features" in fields.build_provider(store_of(OLD))) is False


def test_a_rule_for_a_function_that_came_later_is_not_used_before() -> None:
    assert any(rule["kind"] == "customize_diff" for rule in facts(BASE, "alicloud_instance").rules)
    old = facts(OLD, "alicloud_instance")
    assert not any(rule["kind"] == "customize_diff" for rule in old.rules)
    assert fields.build(old).unproven == ()


def test_a_rule_whose_function_has_another_text_is_left_out_and_the_type_says_so() -> None:
    stale = {"alicloud_instance": [["period", "suppress"], ["", "customize_diff"]]}
    found = VersionStore(committed.PROVIDER, {**UNCHANGED, "stale": stale}).find("managed", "alicloud_instance")
    assert found is not None
    assert fields.build(found).unproven == ("diff_suppress of period", "customize_diff")
    assert fields.build(facts(BASE, "alicloud_instance")).unproven == ()


def test_what_read_says_otherwise_takes_the_place_of_the_recorded_rule() -> None:
    other = {"like": "id", "auto": True}
    store = VersionStore(
        committed.PROVIDER, {**UNCHANGED, "read_back": {"alicloud_vpc": {"name": other, "status": None}}}
    )
    recorded = shipped_store().read_back("alicloud_vpc")
    expected = {attr: rule for attr, rule in recorded.items() if attr != "status"}
    assert recorded["status"]
    assert store.read_back("alicloud_vpc") == {**expected, "name": other}
    assert store.read_back("alicloud_vswitch") == shipped_store().read_back("alicloud_vswitch")


def test_a_type_that_calls_the_cloud_otherwise_does_so_in_that_release_only() -> None:
    calls = {"read": ["vpc:Look"]}
    store = VersionStore(
        committed.PROVIDER, {**UNCHANGED, "actions": {"alicloud_vpc": calls, "alicloud_vswitch": None}}
    )
    assert store.actions()["alicloud_vpc"] == calls
    assert "alicloud_vswitch" not in store.actions()
    assert shipped_store().actions()["alicloud_vpc"] != calls


def test_all_that_a_release_does_not_change_is_the_bases() -> None:
    store = store_of(OLD)
    assert isinstance(store, VersionStore)
    assert not store.differs("managed", "alicloud_vpc")
    assert store.find("managed", "alicloud_vpc") == shipped_store().find("managed", "alicloud_vpc")
    assert store.read_back("alicloud_vpc") == shipped_store().read_back("alicloud_vpc")
    assert store.find("managed", "random_password") == shipped_store().find("managed", "random_password")


def test_every_type_of_every_release_can_be_built_with_its_rules() -> None:
    store = store_of(OLD)
    assert isinstance(store, VersionStore)
    for name in store.names("alicloud", "managed"):
        if store.differs("managed", name) or store.stale(name):
            fields.build(facts(OLD, name))


def test_a_whole_release_can_be_served() -> None:
    served = schema_message.whole(store_of(OLD), "alicloud")
    assert b"alicloud_cr_internet_endpoint" not in served
    assert b"alicloud_cr_internet_endpoint" in schema_message.whole(shipped_store(), "alicloud")
    assert Service("alicloud", store_of(OLD)).get_schema({}) == served


def test_the_news_file_of_a_release_is_what_its_facts_say() -> None:
    old, new = whole.held(OLD), whole.held(BASE)
    text = news.page(news.between(old, new, whole.rules()), [])
    # Rules that are suggested come from the source and stand behind.
    assert (committed.PROVIDER / OLD / "news.md").read_text().partition("## Suggested rules")[0] == text


def test_a_difference_laid_over_the_base_and_taken_again_is_the_same() -> None:
    changes = difference.read(committed.PROVIDER / OLD)
    again = difference.between(whole.base(), whole.held(OLD), whole.rules())
    assert json.dumps(again, sort_keys=True) == json.dumps(changes, sort_keys=True)
