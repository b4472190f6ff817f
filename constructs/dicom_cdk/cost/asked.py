"""Asks for prices: side by side, each once; what is not answered is told with its reason and stays without a price."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.errors import AskError
from dicom_cdk.cost.price import Price, Wanted
from dicom_cdk.cost.tariff import Quote

AT_ONCE = 8


def asked(quotes: Iterable[Quote], ask: Ask, today: str) -> tuple[dict[Wanted, Price], dict[Wanted, str]]:
    """Prices by what they are of, and why others are missing. `today`: ISO date, of the prices."""
    prices: dict[Wanted, Price] = {}
    refused: dict[Wanted, str] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="cost") as threads:
        for quote, answer in threads.map(
            lambda one: (one, _answer(one, ask, today)), (one for one in quotes if one.call)
        ):
            if isinstance(answer, Price):
                prices[quote.wanted] = answer
            else:
                refused[quote.wanted] = answer
    return prices, refused


def _answer(quote: Quote, ask: Ask, today: str) -> Price | str:
    assert quote.call is not None
    try:
        parameters = quote.made(ask) if quote.made else quote.parameters
        amount, currency = quote.read(ask(quote.call, **parameters))
    except AskError as error:
        return str(error)
    return Price(amount, currency, f"{quote.call.service.prefix} {quote.call.action}", today)
