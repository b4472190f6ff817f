"""`dicom-cdk cost`: which prices, of which stacks, told in which form."""

import datetime
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dicom_cdk.account import asking
from dicom_cdk.account.credentials import ID, SECRET, from_environment
from dicom_cdk.cost import price_file
from dicom_cdk.cost.asked import asked
from dicom_cdk.cost.bill import Bill, bill, wanted
from dicom_cdk.cost.change import change, stays
from dicom_cdk.cost.errors import CostError
from dicom_cdk.cost.price import Price, Wanted
from dicom_cdk.cost.reports import FORMS
from dicom_cdk.plan.modules.stack_files import warn_of_unseen
from dicom_cdk.plan.stack import CannotWrite, NotAStack, Stack, hand_out
from dicom_cdk.preflight.check import Target
from dicom_cdk.shipped import how_to_get

OK, CANNOT_ASK = 0, 69


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    base: Path | None = None
    prices: Path | None = None
    save: Path | None = None
    format: str = "text"
    output: Path | None = None
    whole: bool = False
    """All stacks are meant: those that only the base has are gone."""


class Unpriced(Exception):
    """Prices were to be asked, and nobody can be."""


def run(folders: Sequence[Path], wish: Wish, *, today: datetime.date) -> int:
    """Returns the exit code. Raises NotAStack, CostError, CannotWrite, Unpriced."""
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    heads = [Target(Stack.read(folder)) for folder in folders]
    bases = _bases(wish.base, heads, wish.whole)
    prices = price_file.read(wish.prices) if wish.prices else {}
    refused: dict[Wanted, str] = {}
    if wish.save or not wish.prices:
        found, refused = _asked([*heads, *bases.values()], today, needed=wish.save is not None)
        prices = {**prices, **found}
    bills = [bill(target, prices, refused) for target in heads]
    if wish.whole:
        bills += [Bill(name, ()) for name in bases if name not in {one.name for one in bills}]
    stacks = {target.stack.name: target.stack for target in heads}
    changes = {
        one.name: change(
            bill(bases[one.name], prices),
            one,
            stays(bases[one.name].stack, stacks[one.name]) if one.name in stacks else None,
        )
        for one in bills
        if one.name in bases
    }
    hand_out(FORMS[wish.format](bills, changes, wish.base is not None), wish.output)
    if wish.save:
        _save(wish.save, prices)
    warn_of_unseen(stacks.values())
    return CANNOT_ASK if refused and not prices else OK


def _bases(base: Path | None, heads: Sequence[Target], whole: bool) -> dict[str, Target]:
    """The stacks of the same names before the change; a stack that was not there has none. `whole`: those that are gone, too."""
    if base is None:
        return {}
    if not (base / "stacks").is_dir():
        raise CostError(
            f"{base}: no folder stacks in it; --base names a folder that synth wrote, such as cdktf.out of main"
        )
    names = [target.stack.name for target in heads]
    names += sorted(folder.parent.name for folder in base.glob("stacks/*/cdk.tf.json")) if whole else []
    folders = {name: base / "stacks" / name for name in names}
    return {name: Target(Stack.read(folder)) for name, folder in folders.items() if folder.is_dir()}


def _asked(
    targets: Sequence[Target], today: datetime.date, *, needed: bool
) -> tuple[dict[Wanted, Price], dict[Wanted, str]]:
    credentials = from_environment(os.environ)
    if credentials is None:
        if needed:
            raise Unpriced(f"--save: {ID} or {SECRET} is not set, so no price can be asked; set both (docs/cost.md)")
        return {}, {}
    prices: dict[Wanted, Price] = {}
    refused: dict[Wanted, str] = {}
    for region in sorted({target.region for target in targets}):
        try:
            ask = asking.by_network(credentials, region)
        except ModuleNotFoundError as missing:
            print(f"dicom-cdk: not installed: {missing.name}; {how_to_get('doctor')}", file=sys.stderr)
            raise Unpriced("no price can be asked without the vendor's client") from None
        quotes = [quote for target in targets if target.region == region for quote in wanted(target)]
        found, not_found = asked({quote.wanted: quote for quote in quotes}.values(), ask, today.isoformat())
        prices.update(found)
        refused.update(not_found)
    return prices, refused


def _save(file: Path, prices: dict[Wanted, Price]) -> None:
    try:
        file.write_text(price_file.text(prices))
    except OSError as error:
        raise CannotWrite(f"{file}: {error.strerror}; name a file that can be written") from None
