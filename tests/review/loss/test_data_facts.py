"""The table of what holds data: it knows every type of the provider, and names only arguments that are there."""

from collections.abc import Iterator
from typing import Any

import pytest

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.review.loss.data_facts import CONDITIONS, Fact, data_facts, lost_with

FACTS = data_facts()
VERDICTS = {"holds": set(FACTS.holds), "guards": set(FACTS.guards), "nothing": set(FACTS.nothing)}


def test_every_type_of_the_provider_has_one_verdict() -> None:
    types = set(shipped_store().names("alicloud", "managed"))
    unjudged = types - set().union(*VERDICTS.values())
    assert not unjudged, f"judge in provider/data_loss.toml whether they hold data: {', '.join(sorted(unjudged))}"
    for name, judged in VERDICTS.items():
        assert not judged - types, f"{name}: the provider has no {', '.join(sorted(judged - types))}"
    assert sum(map(len, VERDICTS.values())) == len(types), "a type has two verdicts"


@pytest.mark.parametrize(
    "name",
    [
        "nas_file_system", "polardb_cluster", "kvstore_instance", "redis_tair_instance", "mongodb_instance", "hbr_vault",
        "rds_clone_db_instance", "rds_upgrade_db_instance", "db_readonly_instance", "ecs_snapshot", "image",
        "elasticsearch_instance", "click_house_db_cluster", "lindorm_instance", "hbase_instance", "db_instance", "oss_bucket",
        "kms_key", "kms_secret", "instance", "ecs_disk", "log_store", "ots_table", "cr_ee_repo", "alikafka_topic", "mns_queue",
        "pvtz_zone", "alidns_domain", "ros_stack", "ess_scaling_group",
    ],
)  # fmt: skip
def test_what_holds_data_is_known_by_what_is_lost_with_it(name: str) -> None:
    assert lost_with(f"alicloud_{name}")


@pytest.mark.parametrize(
    "name",
    ["vpc", "security_group", "slb_load_balancer", "sae_application", "fcv3_function", "ram_role", "eip_address"],
)
def test_what_can_be_made_again_holds_nothing(name: str) -> None:
    assert lost_with(f"alicloud_{name}") is None


def test_types_of_other_providers_hold_nothing() -> None:
    assert lost_with("random_password") is None


def test_updates_that_lose_data_name_arguments_that_can_be_updated() -> None:
    for kind, facts in FACTS.in_place.items():
        described = shipped_store().find("managed", kind)
        assert described is not None, kind
        for fact in facts:
            field = _field(described.overlay["fields"], fact.path)
            assert field is not None, f"{kind} has no {fact.path}"
            assert not field.get("force_new"), f"{kind}.{fact.path} is never updated in place"
            assert _complete(fact), f"{kind}.{fact.path}: the entry is not complete"


def test_protections_are_arguments_of_some_type() -> None:
    everything = [
        described.overlay["fields"]
        for name in shipped_store().names("alicloud", "managed")
        if (described := shipped_store().find("managed", name))
    ]
    for fact in FACTS.protection:
        for name in fact.types:
            described = shipped_store().find("managed", name)
            assert described is not None, name
            assert _field(described.overlay["fields"], fact.path) is not None, f"{name} has no {fact.path}"
        assert any(_field(fields, fact.path) for fields in everything), f"no type has {fact.path}"
        assert fact.when in CONDITIONS
        assert (fact.when == "lower") == bool(fact.order), fact.path


def _complete(fact: Fact) -> bool:
    return fact.when in CONDITIONS and bool(fact.what) and (fact.when == "lower") == bool(fact.order)


def _field(fields: Any, path: str) -> Any:
    name, _, rest = path.partition(".")
    found = fields.get(name)
    if found is None or not rest:
        return found
    if found["type"] == "TypeMap":
        return found
    return _field(found.get("block") or {}, rest)


def test_an_order_has_every_value_that_the_provider_takes() -> None:
    for kind, facts in FACTS.in_place.items():
        described = shipped_store().find("managed", kind)
        assert described is not None
        for fact in facts:
            known = {value.lower() for value in fact.order}
            for allowed in _allowed(_field(described.overlay["fields"], fact.path)) if known else ():
                assert allowed.lower() in known, f"{kind}.{fact.path} may be {allowed}, which has no place in its order"


def _allowed(field: Any) -> Iterator[str]:
    for rule in field.get("validate", ()):
        if rule["kind"] == "enum":
            yield from rule["args"]
