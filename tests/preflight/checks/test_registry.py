"""Container Registry: name, region, edition."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import registry
from tests.account import market
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

EDITION, SERVES = "edition Basic of Container Registry", "Container Registry"


def told(changes: dict[str, Answer] | None = None, region: str = "cn-shanghai", **more: Any) -> dict[str, Finding]:
    body = {
        "instance_name": "hospital",
        "instance_type": "Basic",
        "//": {"metadata": {"path": "clinic/registry/instance"}},
    }
    target = stack({"alicloud_cr_ee_instance": {"r": {**body, **more}}}, region)
    return {one.name: one for one in answered(registry.CHECK, target, {**market.good(), **(changes or {})})}


def there(**row: str) -> dict[str, Answer]:
    return {"ListInstance": {"Instances": [{"InstanceName": "hospital", **row}]}}


def test_a_registry_of_a_free_name_in_a_region_that_prices_its_edition_is_well() -> None:
    assert {name: (one.verdict, one.said) for name, one in told().items()} == {
        "registry hospital": ("ok", "no instance of this name in the account"),
        SERVES: ("ok", "makes instances in cn-shanghai"),
        EDITION: ("ok", "has a price in cn-shanghai"),
    }


def test_a_registry_of_the_same_name_is_told_with_another_name() -> None:
    found = told(there())["registry hospital"]
    assert (found.verdict, found.said) == ("look", "there already, in this account")
    assert found.paste == "registry: {instance_name: hospital-2}"


@pytest.mark.parametrize(("has", "wrong"), [("Enterprise_Basic", False), ("Enterprise_Advanced", True), ("", False)])
def test_a_registry_that_is_there_has_the_edition_that_the_stack_says(has: str, wrong: bool) -> None:
    found = told(there(InstanceSpecification=has)).get("edition of registry hospital")
    assert (found is not None) == wrong
    if found:
        assert (found.verdict, found.said) == ("lacks", "it is Enterprise_Advanced, the stack says Basic")


def test_a_region_without_registries_is_told_with_those_that_have_some() -> None:
    found = told(region="cn-nanjing")[SERVES]
    assert (found.verdict, found.said) == ("lacks", "makes none in cn-nanjing")
    assert found.do == "regions: cn-hangzhou, cn-shanghai"
    assert told({"ListInstanceRegion": {"Regions": []}})[SERVES].verdict == "look"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"GetFeatureDetails": {}}, "NotPriced: ROS prices no alicloud_cr_ee_instance"),
        ({"GetTemplateEstimateCost": {"Resources": {}}}, "0 prices for one resource"),
        ({"GetTemplateEstimateCost": error("StackValidationFailed", "edition is not sold")}, "edition is not sold"),
    ],
)
def test_an_edition_without_a_price_is_not_known_to_be_sold(answers: dict[str, Answer], why: str) -> None:
    found = told(answers)[EDITION]
    assert found.verdict == "look"
    assert found.said.startswith("no price of it in cn-shanghai, so not known to be sold (")
    assert why in found.said
    assert found.do == "see the console's purchase page"


def test_a_key_that_may_not_ask_for_prices_leaves_the_edition_unasked() -> None:
    found = told({"GetTemplateEstimateCost": error("NoPermission", "not you", 403)})[EDITION]
    assert (found.verdict, found.said) == ("unasked", "NoPermission: not you")


def test_an_edition_is_asked_once_for_two_registries_of_it() -> None:
    two = {name: {"instance_name": name, "instance_type": "Basic"} for name in ("one", "two")}
    names = [one.name for one in registry.CHECK.questions(stack({"alicloud_cr_ee_instance": two}))]
    assert names == ["registry one", "registry two", SERVES, EDITION]


def test_a_registry_that_does_not_say_its_edition_is_told() -> None:
    found = told(instance_type="${var.edition}")["alicloud_cr_ee_instance.r"]
    assert (found.verdict, found.said) == ("look", "name or edition is known after apply only")
