"""Function Compute: region, names, warm instances."""

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import functions
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack


def told(function: Answer, region: str = "cn-shanghai", warm: int = 1) -> dict[str, Finding]:
    resources = {
        "alicloud_fcv3_function": {"f": {"function_name": "gateway"}},
        "alicloud_fcv3_provision_config": {"p": {"target": warm}},
    }
    regions = {"Regions": {"Region": [{"RegionId": "cn-shanghai"}, {"RegionId": "cn-beijing"}]}}
    answers = {"DescribeRegions": regions, "GetFunction": function}
    return {one.name: one for one in answered(functions.CHECK, stack(resources, region), answers)}


FREE = error("FunctionNotFound", "no such function", 404)


def test_a_served_region_and_a_free_name_are_well() -> None:
    assert [(one.verdict, one.said) for one in told(FREE).values()] == [
        ("ok", "serves cn-shanghai"),
        ("ok", "the name is free"),
    ]


def test_a_region_that_is_not_served_is_told_with_those_that_are() -> None:
    found = told(FREE, region="cn-nanjing")["Function Compute"]
    assert (found.verdict, found.said, found.do) == (
        "lacks", "does not serve cn-nanjing", "regions: cn-beijing, cn-shanghai",
    )  # fmt: skip


def test_a_function_that_is_there_is_ours_or_in_the_way() -> None:
    found = told({"functionName": "gateway"})["function gateway"]
    assert (found.verdict, found.said, found.paste) == ("look", "there already, in this account", "")


def test_another_error_is_no_free_name() -> None:
    found = told(error("AccessDenied", "no", 403))["function gateway"]
    assert found.verdict == "unasked"


def test_more_warm_instances_than_an_account_has_fail() -> None:
    found = told(FREE, warm=301)["warm instances"]
    assert (found.verdict, found.said) == ("lacks", "301, an account has 300 a region")
