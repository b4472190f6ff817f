"""Prices kept in a file, for pipelines without credentials: written by `--save`, read by `--prices`.

JSON: ``{"version": 1, "prices": [{"of", "region", "unit", "amount", "currency", "source", "date"}]}``; amounts are
texts, so that none is rounded. Prices may be added by hand: `source` then says from where.
"""

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from dicom_cdk.cost.errors import CostError
from dicom_cdk.cost.price import Price, Unit, Wanted, amount
from dicom_cdk.plan.reading.written_json import read_document
from dicom_cdk.text_files import text_of

VERSION = 1
UNITS = ("hour", "month", "use")
FIELDS = ("of", "region", "unit", "amount", "currency", "source", "date")


def read(file: Path) -> dict[Wanted, Price]:
    """Raises CostError naming the entry that is wrong."""
    try:
        found = read_document(text_of(file))
    except OSError as error:
        raise CostError(f"{file}: {error.strerror}; write one with --save, or name another by --prices") from None
    except ValueError as error:
        raise CostError(f"{file}: not JSON: {error}; write it anew with --save") from None
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("prices"), list):
        raise CostError(f'{file}: allowed is {{"version": {VERSION}, "prices": […]}}; write it anew with --save')
    return dict(_entry(file, number, one) for number, one in enumerate(found["prices"], 1))


def _entry(file: Path, number: int, one: Any) -> tuple[Wanted, Price]:
    where = f"{file}: price {number}"
    if not isinstance(one, dict) or set(one) != set(FIELDS) or not all(isinstance(one[name], str) for name in FIELDS):
        raise CostError(f"{where}: allowed are the texts {', '.join(FIELDS)}, all of them")
    cost = amount(one["amount"])
    if cost is None:
        raise CostError(f"{where}: amount is {one['amount']!r}, allowed is a number that is not below 0")
    if one["unit"] not in UNITS:
        raise CostError(f"{where}: unit is {one['unit']!r}, allowed are {', '.join(UNITS)}")
    if not one["currency"].strip():
        raise CostError(f"{where}: no currency, and none is assumed; give its code, such as CNY")
    try:
        datetime.date.fromisoformat(one["date"])
    except ValueError:
        raise CostError(f"{where}: date is {one['date']!r}, allowed is YYYY-MM-DD") from None
    wanted = Wanted(one["of"], one["region"], cast(Unit, one["unit"]))
    return wanted, Price(cost, one["currency"], one["source"], one["date"])


def text(prices: Mapping[Wanted, Price]) -> str:
    """The file's text; the same prices give the same bytes."""
    entries = [
        {"of": wanted.of, "region": wanted.region, "unit": wanted.unit, "amount": str(price.amount),
         "currency": price.currency, "source": price.source, "date": price.date}
        for wanted, price in sorted(prices.items(), key=lambda each: (each[0].region, each[0].of, each[0].unit))
    ]  # fmt: skip
    return json.dumps({"version": VERSION, "prices": entries}, indent=1, ensure_ascii=False) + "\n"
