"""The account: a verified person, a balance."""

from typing import Any

import pytest

from dicom_cdk.preflight.checks import payment, person
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

HOST: dict[str, Any] = {"alicloud_instance": {"a": {}}}


@pytest.mark.parametrize(
    ("value", "verdict", "said"),
    [
        ("yes", "ok", "done"),
        ("none", "ok", "not asked of this account"),
        ("no", "lacks", "not done: no host can be made in the mainland"),
        ("maybe", "look", "the vendor does not say"),
    ],
)
def test_a_person_is_verified_or_no_host_can_be_made(value: str, verdict: str, said: str) -> None:
    item = {"AttributeName": person.ATTRIBUTE, "AttributeValues": {"ValueItem": [{"Value": value}]}}
    answers: dict[str, Answer] = {
        "DescribeAccountAttributes": {"AccountAttributeItems": {"AccountAttributeItem": [item]}}
    }
    (found,) = answered(person.CHECK, stack(HOST), answers)
    assert (found.name, found.verdict, found.said) == ("real-name registration", verdict, said)


def test_outside_the_mainland_nobody_asks() -> None:
    assert answered(person.CHECK, stack(HOST, "eu-central-1"), {}) == []


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ({"Success": True, "Data": {"AvailableAmount": "1,234.50"}}, "ok", "there is one"),
        ({"Data": {"AvailableAmount": "0.00"}}, "lacks", "nothing is left: nothing that is paid by use can be made"),
        ({"Data": {"AvailableAmount": "-3"}}, "lacks", "nothing is left: nothing that is paid by use can be made"),
        ({"Data": {}}, "look", "the vendor says none"),
        (error("NotAuthorized"), "unasked", "NotAuthorized: no"),
        (error("InDebt"), "lacks", "InDebt: no"),
    ],
)
def test_there_is_money_or_not_and_how_much_is_not_told(answer: Answer, verdict: str, said: str) -> None:
    (found,) = answered(payment.CHECK, stack(HOST), {"QueryAccountBalance": answer})
    assert (found.name, found.verdict, found.said) == ("balance", verdict, said)
    assert "234" not in f"{found}"


def test_a_balance_that_is_no_number_is_no_balance() -> None:
    answer: Any = {"Data": {"AvailableAmount": "plenty"}}
    (found,) = answered(payment.CHECK, stack(HOST), {"QueryAccountBalance": answer})
    assert found.verdict == "unasked"
