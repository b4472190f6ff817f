"""Waivers: read beside the resource, applied to findings, and judged themselves."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dicom_cdk.policy.document import Document, Json
from dicom_cdk.policy.errors import WaiverError
from dicom_cdk.policy.policy_files import Policy

SHORTEST_REASON = 10
EXPIRED = Policy(
    "CKV2_DICOM_201",
    "A waiver is in force",
    "HIGH",
    "mend what it waives, or renew it with a reason of today",
    "policy/waivers.py",
)
UNUSED = Policy(
    "CKV2_DICOM_202", "A waiver waives something", "LOW", "remove it: the policy passes", "policy/waivers.py"
)
REASONLESS = Policy(
    "CKV2_DICOM_203",
    "A waiver says why, until when and who answers",
    "HIGH",
    "give reason, expires and approved_by",
    "policy/waivers.py",
)


@dataclass(frozen=True)
class Waiver:
    """One waiver. `expires`: last day, None where it is missing or no date."""

    stack: str
    address: str
    policy: str
    reason: str
    approved_by: str
    expires: datetime.date | None

    def expired(self, today: datetime.date) -> bool:
        return self.expires is None or self.expires < today

    @property
    def whole(self) -> bool:
        return (
            len(self.reason.strip()) >= SHORTEST_REASON and bool(self.approved_by.strip()) and self.expires is not None
        )


def read(document: Document, policies: Mapping[str, Policy]) -> list[Waiver]:
    """All waivers of a document, in order of addresses. Raises WaiverError for a policy that nobody knows."""
    found = [_waiver(document.name, one.address, said) for one in document.resources.values() for said in one.waivers]
    unknown = [f"{one.address}: {one.policy or 'none named'}" for one in found if one.policy not in policies]
    if unknown:
        raise WaiverError(
            f"{document.name}: waiver for an unknown policy: {'; '.join(unknown)}; take an id of docs/policies.md"
        )
    return sorted(found, key=lambda one: (one.address, one.policy))


def in_force(waivers: Iterable[Waiver], today: datetime.date) -> dict[tuple[str, str], Waiver]:
    """Those that waive, by address and policy."""
    return {(one.address, one.policy): one for one in waivers if one.whole and not one.expired(today)}


def problems(
    waivers: Iterable[Waiver], used: set[tuple[str, str]], today: datetime.date
) -> Iterator[tuple[Policy, Waiver, str]]:
    """What is wrong with waivers themselves."""
    for one in waivers:
        if not one.whole:
            lacking = [
                name
                for name, given in (
                    ("reason", len(one.reason.strip()) >= SHORTEST_REASON),
                    ("expires", one.expires is not None),
                    ("approved_by", bool(one.approved_by.strip())),
                )
                if not given
            ]
            yield REASONLESS, one, f"the waiver of {one.policy} lacks {', '.join(lacking)}"
        elif one.expired(today):
            yield EXPIRED, one, f"the waiver of {one.policy} expired on {one.expires}"
        elif (one.address, one.policy) not in used:
            yield UNUSED, one, f"the waiver of {one.policy} waives nothing"


def _waiver(stack: str, address: str, said: Json) -> Waiver:
    try:
        expires = datetime.date.fromisoformat(str(said.get("expires")))
    except ValueError:
        expires = None
    return Waiver(
        stack,
        address,
        str(said.get("id") or ""),
        str(said.get("comment") or ""),
        str(said.get("approved_by") or ""),
        expires,
    )
