"""Is there money? The amount itself is nobody's business and is not told."""

from collections.abc import Iterable, Iterator

from dicom_cdk.account.answers import word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import BALANCE
from dicom_cdk.account.errors import nonsense
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok

NAME = "balance"


def questions(_: Target) -> Iterator[Question]:
    yield Question(NAME, _balance)


def _balance(ask: Ask) -> Iterable[Finding]:
    action = BALANCE.action
    said = word(ask(BALANCE), action, "Data.AvailableAmount").replace(",", "")
    if not said:
        yield look(NAME, "the vendor says none", "look at the console's expenses")
        return
    try:
        available = float(said)
    except ValueError:
        raise nonsense(action, "no number in Data.AvailableAmount") from None
    if available > 0:
        yield ok(NAME, "there is one")
    else:
        yield lacks(
            NAME, "nothing is left: nothing that is paid by use can be made", "top it up, or have the credit raised"
        )


CHECK = Check("payment", (), (BALANCE,), questions)
