"""Zone, record, filing."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import domains
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

RECORD = {
    "domain_name": "clinic-example.com",
    "rr": "images",
    "type": "CNAME",
    "value": "1.cn-shanghai.fc.aliyuncs.com",
}
STACK: dict[str, Any] = {
    "alicloud_alidns_record": {"r": RECORD},
    "alicloud_fcv3_custom_domain": {"d": {"custom_domain_name": "images.clinic-example.com"}},
}


def told(region: str = "cn-shanghai", **answers: Answer) -> dict[str, Finding]:
    given: dict[str, Answer] = {
        "DescribeDomains": {"Domains": {"Domain": [{"DomainName": "clinic-example.com"}]}},
        "DescribeDomainRecords": {"DomainRecords": {"Record": []}}, "CheckCdnDomainICP": {"Status": "DomainIsRegistration"},
        **answers,
    }  # fmt: skip
    return {one.name: one for one in answered(domains.CHECK, stack(STACK, region), given)}


def test_all_is_well() -> None:
    assert {name: one.verdict for name, one in told().items()} == {
        "zone clinic-example.com": "ok", "record images.clinic-example.com": "ok",
        "ICP filing of images.clinic-example.com": "ok",
    }  # fmt: skip


def test_a_zone_elsewhere_fails_and_its_record_is_not_asked_for() -> None:
    found = told(DescribeDomains={"Domains": {"Domain": [{"DomainName": "other-clinic-example.com"}]}})
    assert found["zone clinic-example.com"].verdict == "lacks"
    assert found["zone clinic-example.com"].paste == "gateway: {dns: false}"
    assert "record images.clinic-example.com" not in found


@pytest.mark.parametrize(
    ("there", "verdict", "said"),
    [
        ({"RR": "images", "Type": "A", "Value": "192.0.2.1"}, "lacks", "A 192.0.2.1 is there"),
        (
            {"RR": "images", "Type": "CNAME", "Value": "1.cn-shanghai.fc.aliyuncs.com."},
            "look",
            "there already, in this account",
        ),
        ({"RR": "images-old", "Type": "A", "Value": "192.0.2.1"}, "ok", "nothing stands in its way"),
    ],
)
def test_a_record_in_the_way_is_told(there: dict[str, str], verdict: str, said: str) -> None:
    found = told(DescribeDomainRecords={"DomainRecords": {"Record": [there]}})["record images.clinic-example.com"]
    assert (found.verdict, found.said) == (verdict, said)


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ({"Status": "DomainNotRegistration"}, "lacks", "not filed, and cn-shanghai serves only filed domains"),
        (error("-124", "does not belong to you"), "look", "the vendor does not say (-124)"),
        (error("CheckDomainICPFail", status=500), "look", "the vendor does not say (CheckDomainICPFail)"),
        (error("Forbidden.RAM", status=403), "unasked", "Forbidden.RAM: no"),
        ({}, "look", "the vendor says nothing"),
    ],
)
def test_a_filing_is_told_and_never_guessed(answer: Answer, verdict: str, said: str) -> None:
    found = told(CheckCdnDomainICP=answer)["ICP filing of images.clinic-example.com"]
    assert (found.verdict, found.said) == (verdict, said)


@pytest.mark.parametrize("region", ["cn-hongkong", "eu-central-1"])
def test_no_filing_is_needed_outside_the_mainland(region: str) -> None:
    found = told(region)["ICP filing of images.clinic-example.com"]
    assert (found.verdict, found.said) == ("ok", f"not asked for in {region}")
