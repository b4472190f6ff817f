"""The form of a rule over a whole stack."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.policy.document import Document

Json = dict[str, Any]
Judge = Callable[[Document], Iterator[tuple[str, str]]]
"""Yields address and problem; a resource of the rule's types that is not named has passed."""

KEEP = object()
"""As it is written: an expression of its own, equal to itself alone."""
GONE = object()
"""The best is that the resource says nothing: without it, no problem comes from there."""
ANY = object()
"""Nothing can be said: as the worst, that nothing of the rule has passed for certain, as the best, that nothing has failed."""


@dataclass(frozen=True)
class Open:
    """What an argument comes to at its best and at its worst, for one rule, where only Terraform knows it.

    `leads`: it names a resource: one plain reference to one of the stack is known. `text`: it is JSON or a template, of which the
    whole has to be an expression to be unknown.
    """

    best: Any = KEEP
    worst: Any = KEEP
    leads: bool = False
    text: bool = False


Weighs = Mapping[str, Mapping[str, Open]]
"""Type → argument, through blocks by dots → what it could come to."""


@dataclass(frozen=True)
class StackRule:
    """As a policy has it; in `failing`, exactly the resources whose names start with "bad" fail.

    `weighs`: the arguments whose value decides. Where only Terraform knows one, the rule is asked with the best and with the worst
    that it could come to (unread_rules): what fails at the worst alone was not judged.
    """

    id: str
    name: str
    severity: str
    fix: str
    types: tuple[str, ...]
    judge: Judge
    failing: Json
    passing: Json
    reads: tuple[str, ...] = ()
    weighs: Weighs = field(default_factory=dict)

    @property
    def source(self) -> str:
        return f"stack_rules/{self.judge.__module__.rpartition('.')[2]}.py"


INGRESS: Mapping[str, Open] = {
    "type": Open("egress", "ingress"),
    "policy": Open("drop", "accept"),
    "port_range": Open(GONE, "-1/-1"),
    "cidr_ip": Open("100.64.0.0/10", "0.0.0.0/0"),
    "ipv6_cidr_ip": Open(None, "::/0"),
    "prefix_list_id": Open(None, "pl-unknown", leads=True),
}
"""Of alicloud_security_group_rule. The best range is that of the balancers' health checks, which may come everywhere."""
