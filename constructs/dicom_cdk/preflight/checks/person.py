"""Is the account a verified one? In the mainland no host can be made without."""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ECS_ACCOUNT
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.attributes import attributes
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok

NAME = "real-name registration"
ATTRIBUTE = "real-name-authentication"


def questions(target: Target) -> Iterator[Question]:
    if mainland(target.region):
        yield Question(NAME, partial(_verified, target))


def mainland(region: str) -> bool:
    """Whether the mainland's law holds there: registration, filing."""
    return region.startswith("cn-") and region != "cn-hongkong"


def _verified(target: Target, ask: Ask) -> Iterable[Finding]:
    values = [value.lower() for value, _ in attributes(ask, target.region, ATTRIBUTE).get(ATTRIBUTE, [])]
    if values == ["yes"]:
        yield ok(NAME, "done")
    elif values == ["none"]:
        yield ok(NAME, "not asked of this account")
    elif values == ["no"]:
        yield lacks(
            NAME,
            "not done: no host can be made in the mainland",
            "register in the console's account centre; it takes a day",
        )
    else:
        yield look(NAME, "the vendor does not say", "look at the console's account centre")


CHECK = Check("person", ("alicloud_instance",), (ECS_ACCOUNT,), questions)
