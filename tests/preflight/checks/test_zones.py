"""Other zones that sell all of it."""

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import zones
from dicom_cdk.preflight.checks.zones import Need, exchanges
from tests.account import market
from tests.account.vendor import Answer, error
from tests.conftest import ROOT
from tests.preflight.asked import answered, stack

DEFAULT = Target(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))
B, G, L = (f"cn-shanghai-{letter}" for letter in "bgl")


def told(changes: dict[str, Answer] | None = None, target: Target = DEFAULT) -> list[Finding]:
    return answered(zones.CHECK, target, {**market.good(), **(changes or {})})


def without(*gone: str) -> dict[str, dict[str, str]]:
    """Everything in stock, but nothing in these zones."""
    return {zone: things for zone, things in market.everywhere().items() if zone not in gone}


def test_zones_that_sell_everything_are_not_mentioned() -> None:
    assert told() == []


def test_a_zone_without_hosts_is_exchanged_and_the_other_one_kept() -> None:
    (found,) = told({"DescribeAvailableResource 2014-05-26": market.available_resource(without(G))})
    assert (found.name, found.verdict) == ("zones", "look")
    assert found.do == "cn-shanghai-b for cn-shanghai-g"
    assert found.paste == "network:\n  vswitch_l: {zone: cn-shanghai-l}\n  vswitch_g: {zone: cn-shanghai-b}"


def test_the_paste_is_taken_by_the_settings() -> None:
    import yaml

    from dicom_cdk.settings.site import SiteSettings
    from tests.conftest import SMALL_SITE

    (found,) = told({"DescribeAvailableResource 2014-05-26": market.available_resource(without(L))})
    site = SiteSettings.model_validate({**SMALL_SITE, **yaml.safe_load(found.paste)}, strict=False)
    assert (site.network.vswitch_l.zone, site.network.vswitch_g.zone) == (B, G)


def test_hosts_databases_and_balancers_must_agree() -> None:
    (found,) = told(
        {
            "DescribeAvailableResource 2014-05-26": market.available_resource(without(L)),
            "DescribeAvailableResource 2014-05-15": market.balancer_pairs((G, B), (L, G)),
        }
    )
    assert found.do == "cn-shanghai-g for cn-shanghai-l, cn-shanghai-b for cn-shanghai-g"


def test_where_nothing_fits_it_is_said() -> None:
    (found,) = told({"DescribeAvailableResource 2014-05-15": market.balancer_pairs()})
    assert (found.verdict, found.said) == ("look", "no zones of the region sell all that the stack needs")


def test_a_refused_question_is_told_by_its_own_check_only() -> None:
    assert told({"DescribeAvailableZones": error("NoPermission", status=403)}) == []


def test_a_stack_of_another_program_gets_words_and_nothing_to_paste() -> None:
    host = {"instance_type": "ecs.g7.large", "availability_zone": G}
    answers: dict[str, Answer] = {"DescribeAvailableResource 2014-05-26": market.available_resource(without(G))}
    (found,) = told(answers, stack({"alicloud_instance": {"a": host}}))
    assert found.paste == ""
    assert "cn-shanghai-b for cn-shanghai-g" in found.do


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ([Need(("a",), frozenset({("b",), ("c",)}))], [{"a": "b"}, {"a": "c"}]),
        ([Need(("a", "b"), frozenset({("b", "c")})), Need(("a",), frozenset({("b",)}))], [{"a": "b", "b": "c"}]),
        ([Need(("a", "b"), frozenset({("a", "a")}))], []),
        ([], []),
    ],
)
def test_exchanges_are_those_under_which_all_is_sold(needs: list[Need], found: list[dict[str, str]]) -> None:
    assert exchanges(needs) == found
