"""The file of prices: written and read back, and every wrong entry named."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cost import price_file
from dicom_cdk.cost.errors import CostError
from dicom_cdk.cost.price import Price, Wanted

ENTRY = {
    "of": "a", "region": "cn-shanghai", "unit": "hour", "amount": "1.10", "currency": "CNY",
    "source": "by hand", "date": "2026-11-22",
}  # fmt: skip


def test_what_is_written_is_read_back_to_the_last_digit(tmp_path: Path) -> None:
    prices = {
        Wanted("b", "cn-shanghai", "hour"): Price(Decimal("0.000100"), "CNY", "ecs DescribePrice", "2026-11-22"),
        Wanted("a", "cn-beijing", "month"): Price(Decimal("12"), "USD", "by hand", "2026-11-20"),
    }
    (tmp_path / "prices.json").write_text(price_file.text(prices))
    assert price_file.read(tmp_path / "prices.json") == prices
    assert price_file.text(dict(reversed(prices.items()))) == price_file.text(prices)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "-1"}, "price 1: amount is '-1', allowed is a number that is not below 0"),
        ({"amount": "a lot"}, "price 1: amount is 'a lot', allowed is a number that is not below 0"),
        (
            {"amount": 1.1},
            "price 1: allowed are the texts of, region, unit, amount, currency, source, date, all of them",
        ),
        ({"unit": "day"}, "price 1: unit is 'day', allowed are hour, month, use"),
        ({"currency": " "}, "price 1: no currency, and none is assumed; give its code, such as CNY"),
        ({"date": "last week"}, "price 1: date is 'last week', allowed is YYYY-MM-DD"),
        ({"more": "x"}, "price 1: allowed are the texts of, region, unit, amount, currency, source, date, all of them"),
    ],
)
def test_a_wrong_entry_is_named(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text(json.dumps({"version": 1, "prices": [{**ENTRY, **change}]}))
    with pytest.raises(CostError) as failed:
        price_file.read(file)
    assert str(failed.value) == f"{file}: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON: "),
        ("[]", "allowed is "),
        ('{"version": 2, "prices": []}', 'allowed is {"version": 1, "prices": […]}'),
    ],
)
def test_another_file_is_no_price_file(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(text)
    with pytest.raises(CostError) as failed:
        price_file.read(tmp_path / "prices.json")
    assert said in str(failed.value)
    with pytest.raises(
        CostError, match="No such file or directory; write one with --save, or name another by --prices"
    ):
        price_file.read(tmp_path / "none.json")
