"""RDS: what is sold in which zone, and which classes with which storage."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import databases
from tests.account import market
from tests.account.vendor import Answer
from tests.preflight.asked import answered, stack

DATABASE = {
    "engine": "PostgreSQL", "engine_version": "15.0", "category": "HighAvailability", "db_instance_storage_type": "cloud_essd3",
    "instance_type": "pg.n2.2c.2m", "instance_storage": 1500, "zone_id": "cn-shanghai-l", "zone_id_slave_a": "cn-shanghai-g",
}  # fmt: skip
WISH = ("15.0", "HighAvailability", "cloud_essd3")


def told(
    zones: dict[str, Any] | None = None, classes: Answer = market.database_classes, **changes: object
) -> dict[str, Finding]:
    sold = {"cn-shanghai-l": (WISH,), "cn-shanghai-g": (WISH,)} if zones is None else zones
    answers = {"DescribeAvailableZones": market.database_zones(sold), "DescribeAvailableClasses": classes}
    found = answered(databases.CHECK, stack({"alicloud_db_instance": {"d": {**DATABASE, **changes}}}), answers)
    return {one.name: one for one in found}


IN_L, IN_G = (f"PostgreSQL 15.0 HighAvailability on cloud_essd3 in cn-shanghai-{zone}" for zone in "lg")


def test_both_zones_and_the_class_are_told() -> None:
    found = told()
    assert {name: (one.verdict, one.said) for name, one in found.items()} == {
        IN_L: ("ok", "sold"), IN_G: ("ok", "sold"), "pg.n2.2c.2m in cn-shanghai-l": ("ok", "sold, with 1500 GB"),
    }  # fmt: skip


def test_an_entry_of_two_zones_at_once_counts_for_both() -> None:
    assert {one.verdict for one in told({"cn-shanghai-MAZ9(g,l)": (WISH,)}).values()} == {"ok"}
    assert databases.zones_of("cn-shanghai-MAZ9(g,l)") == ["cn-shanghai-g", "cn-shanghai-l"]
    assert databases.zones_of("cn-shanghai-l") == ["cn-shanghai-l"]


@pytest.mark.parametrize(
    ("there", "said", "do"),
    [
        (
            (("16.0", "HighAvailability", "cloud_essd3"),), "not sold",
            "versions sold there so: 16.0; zones that sell it: cn-shanghai-l",
        ),
        (
            (("15.0", "HighAvailability", "cloud_essd2"),), "not sold",
            "storage sold there so: cloud_essd2; zones that sell it: cn-shanghai-l",
        ),
        ((("15.0", "Basic", "cloud_essd3"),), "not sold", "zones that sell it: cn-shanghai-l"),
    ],
)  # fmt: skip
def test_what_a_zone_does_not_sell_is_told_with_what_it_does(there: Any, said: str, do: str) -> None:
    found = told({"cn-shanghai-l": (WISH,), "cn-shanghai-g": there})
    assert found[IN_L].verdict == "ok"
    assert (found[IN_G].verdict, found[IN_G].said, found[IN_G].do) == ("lacks", said, do)


def test_a_zone_without_any_database_is_told_so() -> None:
    found = told({"cn-shanghai-b": (("13.0", "Basic", "cloud_essd"),)})
    assert (found[IN_L].said, found[IN_L].do) == ("not sold: no database at all is", "no zone of the region sells it")


@pytest.mark.parametrize(
    ("changes", "verdict", "said", "do"),
    [
        ({"instance_type": "pg.n2.2c.4m"}, "lacks", "not sold", "nearest that are: pg.n2.2c.1m, pg.n2.2c.2m, pg.n2.4c.2m"),
        (
            {"instance_storage": 10}, "lacks", "storage of 10 GB, allowed are 20 to 32000",
            "set database.storage_gb between them",
        ),
        (
            {"instance_storage": 1501}, "lacks", "storage of 1501 GB, allowed are steps of 5",
            "set database.storage_gb to a multiple of 5",
        ),
    ],
)  # fmt: skip
def test_class_and_storage_must_fit(changes: dict[str, Any], verdict: str, said: str, do: str) -> None:
    found = told(**changes)[f"{changes.get('instance_type', 'pg.n2.2c.2m')} in cn-shanghai-l"]
    assert (found.verdict, found.said, found.do) == (verdict, said, do)


def test_what_is_known_after_apply_only_is_said() -> None:
    (found,) = told(engine_version="${data.x.y.z}").values()
    assert (found.verdict, found.said) == ("look", "engine, version, storage or zone is known after apply only")


def of_a_site(zones: dict[str, Any]) -> list[str]:
    body = {**DATABASE, "//": {"metadata": {"path": "clinic/database/instance"}}}
    answers: dict[str, Answer] = {
        "DescribeAvailableZones": market.database_zones(zones), "DescribeAvailableClasses": market.database_classes,
    }  # fmt: skip
    return [one.paste for one in answered(databases.CHECK, stack({"alicloud_db_instance": {"d": body}}), answers)]


def test_the_version_that_both_zones_sell_is_told_as_yaml_to_paste() -> None:
    old, new = ("14.0", *WISH[1:]), ("16.0", *WISH[1:])
    assert (
        of_a_site({"cn-shanghai-l": (old, WISH), "cn-shanghai-g": (old, new)})[1]
        == 'database: {engine_version: "14.0"}'
    )


def test_the_storage_that_both_zones_sell_is_told_where_no_version_is() -> None:
    other = (*WISH[:2], "cloud_essd2")
    assert (
        of_a_site({"cn-shanghai-l": (other,), "cn-shanghai-g": (other,)})[0] == "database: {storage_type: cloud_essd2}"
    )
    assert of_a_site({"cn-shanghai-l": (WISH,), "cn-shanghai-g": (other,)})[1] == ""
