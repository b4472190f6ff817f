"""The gate: documents in, one finding for each policy and resource out; nothing is passed over in silence."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from dicom_cdk.plan.addresses import plain
from dicom_cdk.policy import checkov_runner, instances, may_be_null, sources, unread_built_ins, unread_rules, waivers
from dicom_cdk.policy.catalogue import SEVERITIES, Catalogue
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.policy_files import Policy
from dicom_cdk.policy.stack_rules import StackRule
from dicom_cdk.policy.verdict import Verdict, hidden
from dicom_cdk.policy.waivers import Waiver
from dicom_cdk.policy.wrong_types import refused

Status = Literal["failed", "waived", "not judged", "passed"]


@dataclass(frozen=True)
class Finding:
    """What one policy says of one resource, and where it was made: `file` relative to the repository, `line` from 1."""

    policy: Policy
    stack: str
    address: str
    path: str
    status: Status
    problems: tuple[str, ...]
    file: str
    line: int
    waiver: Waiver | None = None

    @property
    def room(self) -> str:
        return self.path.partition("/")[0] if "/" in self.path else ""

    def order(self) -> tuple[object, ...]:
        return (self.stack, self.room, SEVERITIES.index(self.policy.severity), self.policy.id, self.address)


@dataclass(frozen=True)
class Judgement:
    """All findings, in a fixed order, and all waivers. `stacks`: every one that was judged, also where nothing was to be said.

    `unseen`: stack, and what is said of a module that cannot be looked into.
    """

    findings: tuple[Finding, ...]
    waivers: tuple[Waiver, ...]
    today: datetime.date
    stacks: tuple[str, ...]
    unseen: tuple[tuple[str, str], ...] = ()

    def by_stack(self) -> Iterator[tuple[str, list[Finding]]]:
        """Each stack with its findings, in order of names."""
        for stack in sorted(self.stacks):
            yield stack, [one for one in self.findings if one.stack == stack]

    def of(self, status: Status) -> list[Finding]:
        return [one for one in self.findings if one.status == status]


def judge(
    documents: Sequence[Document],
    catalogue: Catalogue,
    today: datetime.date,
    root: Path | None = None,
    *,
    placed: bool = True,
    known: dict[str, list[Verdict]] | None = None,
) -> Judgement:
    """Judge documents by all policies. `root`: the repository, for places (default: the current folder).

    `placed`: False leaves files and lines out; `known`: as of `checkov_runner.judge`.

    Raises PolicyError and WaiverError.
    """
    top = (root or Path.cwd()).resolve() if placed else None
    findings: list[Finding] = []
    said: list[Waiver] = []
    for document in documents:
        there = waivers.read(document, catalogue.policies)
        said += there
        findings += _judged(instances.expanded(document), document, catalogue, there, today, top, known)
    unseen = tuple((document.name, text) for document in documents for text in document.unseen)
    names = tuple(dict.fromkeys(document.name for document in documents))
    return Judgement(tuple(sorted(findings, key=Finding.order)), tuple(said), today, names, unseen)


def verdicts(document: Document, catalogue: Catalogue, known: dict[str, list[Verdict]] | None = None) -> list[Verdict]:
    """Every policy's verdict on every resource of its types; `known`: as of `checkov_runner.judge`. Raises PolicyError."""
    by_checkov = {
        policy.id: frozenset() if policy.plain else policy.types
        for policy in catalogue.policies.values()
        if not policy.source.startswith("stack_rules/")
    }
    found = checkov_runner.judge(document, catalogue.graph, by_checkov, known)
    found = unread_built_ins.judged(document, catalogue.policies, found)
    found = may_be_null.judged(document, catalogue.graph, found)
    for rule in catalogue.rules:
        found += _ruled(document, rule)
    return [hidden(one, document.resources[one.address], catalogue.policies[one.policy].reads) for one in found]


def _ruled(document: Document, rule: StackRule) -> list[Verdict]:
    try:
        found = unread_rules.verdicts(document, rule)
    except Exception as error:
        kinds = " ".join(sorted({one.type for one in document.resources.values()}))
        why = f"{rule.id} ({rule.source}) broke: {type(error).__name__}: {error}"
        raise refused(document, why, kinds) from error
    # What a plan hides from one resource, a rule over all of them lacks.
    lacking = any(set(rule.reads) & one.hidden for one in document.resources.values())
    return [replace(one, judged=False) if lacking else one for one in found]


def _judged(
    document: Document,
    written: Document,
    catalogue: Catalogue,
    said: Sequence[Waiver],
    today: datetime.date,
    root: Path | None,
    known: dict[str, list[Verdict]] | None,
) -> list[Finding]:
    """`document`: by instances; `written`: as the files have it, and waivers name it. `root`: None for no places."""
    waiving = waivers.in_force(said, today)
    used: set[tuple[str, str]] = set()
    found = []

    def finding(
        policy: Policy, address: str, status: Status, problems: tuple[str, ...], waiver: Waiver | None = None
    ) -> Finding:
        there = address if address in written.resources else plain(address)
        place = sources.place(written, there, root) if root and status != "passed" else ("", 0)
        return Finding(policy, document.name, address, written.resources[there].path, status, problems, *place, waiver)

    for one in verdicts(document, catalogue, known):
        waiver = waiving.get((plain(one.address), one.policy)) or waiving.get((one.address, one.policy))
        status: Status = "passed" if one.passed else "failed"
        if not one.judged:
            status = "not judged"
        elif not one.passed and waiver:
            status = "waived"
            used.add((waiver.address, waiver.policy))
        found.append(
            finding(
                catalogue.policies[one.policy],
                one.address,
                status,
                one.problems,
                waiver if status == "waived" else None,
            )
        )
    for policy, waiver, problem in waivers.problems(said, used, today):
        found.append(finding(policy, waiver.address, "failed", (problem,)))
    return found
