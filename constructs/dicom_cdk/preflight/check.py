"""What a check is: derived from a stack's JSON by resource type, made of questions that are asked apart from each other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import Call
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import told
from dicom_cdk.policy.document import Document, Resource, of_stack

AREA = "account"
DEFAULT_REGION = "cn-shanghai"


@dataclass(frozen=True)
class Target:
    """The stack that shall be applied, and where."""

    stack: Stack

    @cached_property
    def document(self) -> Document:
        return of_stack(self.stack)

    @cached_property
    def region(self) -> str:
        """Of the provider block."""
        return str(self.stack.provider.get("region") or DEFAULT_REGION)

    def region_of(self, resource: Resource) -> str:
        """Of the provider block that a resource chooses by alias; the stack's own where it chooses none."""
        chosen = str(resource.values.get("provider") or "").removeprefix("${").removesuffix("}").partition(".")[2]
        blocks = (self.stack.document.get("provider") or {}).get("alicloud") or []
        for block in blocks if isinstance(blocks, list) else [blocks]:
            if chosen and isinstance(block, dict) and block.get("alias") == chosen:
                return str(block.get("region") or self.region)
        return self.region

    @cached_property
    def account(self) -> str:
        """Account id of the provider block; "" where none is said."""
        found = str(self.stack.provider.get("account_id") or "")
        return "" if "${" in found else found

    @cached_property
    def imported(self) -> frozenset[str]:
        """Addresses of what `import` blocks bring into the state: the account has it, and must."""
        found = told.imported(self.stack)
        return frozenset(address for address, how in found.items() if how == told.WHOLE)

    def word(self, resource: Resource, name: str) -> str:
        """An argument as text; "" where it is not set or known after apply only."""
        found = self.document.resolved(resource).get(name)
        text = "" if found is None or isinstance(found, dict | list) else str(found)
        return "" if "${" in text else text

    def zone(self, resource: Resource) -> str:
        """Where it stands: its own zone, else the one of the vSwitch that it refers to; "" where neither is said."""
        for name in ("availability_zone", "zone_id", "master_zone_id"):
            if found := self.word(resource, name):
                return found
        vswitch = self.document.target(resource.get("vswitch_id"), "alicloud_vswitch")
        return self.word(vswitch, "zone_id") if vswitch else ""


@dataclass(frozen=True)
class Question:
    """One thing to be asked. `judge` yields findings and may raise AskError."""

    name: str
    judge: Callable[[Ask], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A kind of question: for which types, by which calls."""

    name: str
    types: tuple[str, ...]
    """Resource types it is about; empty: about the account."""
    calls: tuple[Call, ...]
    questions: Callable[[Target], Iterator[Question]]
    applies: Callable[[Target], bool] | None = None
    """Whether there is anything to ask, where types do not say it."""

    def concerns(self, target: Target) -> bool:
        if self.applies is not None:
            return self.applies(target)
        return not self.types or bool(target.document.of(*self.types))


def ok(name: str, said: str) -> Finding:
    return Finding(AREA, name, "ok", said)


def lacks(name: str, said: str, do: str, paste: str = "") -> Finding:
    return Finding(AREA, name, "lacks", said, do, paste)


def look(name: str, said: str, do: str) -> Finding:
    return Finding(AREA, name, "look", said, do)


def ours_or_taken(name: str, paste: str = "") -> Finding:
    """A name that is there already in this account. `paste`: another name."""
    do = "well if the state of this stack holds it; else import it, or choose another name"
    return Finding(AREA, name, "look", "there already, in this account", do, paste)


def later(resource: Resource, what: str) -> Question:
    """Of a resource that does not say yet what would be asked."""
    said = look(resource.address, f"{what} is known after apply only", "give it as a value, or look it up by hand")
    return Question(resource.address, lambda _: [said])
