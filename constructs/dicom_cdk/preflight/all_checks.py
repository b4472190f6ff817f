"""All checks, in the order in which they are told, and how they are asked: identity first, the rest side by side."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.preflight.check import Check, Question, Target, look
from dicom_cdk.preflight.checks import (
    activated,
    alarms,
    applications,
    balancers,
    databases,
    disks,
    domains,
    functions,
    given,
    hosts,
    images,
    keys,
    names,
    payment,
    person,
    quotas,
    registry,
    tunnels,
    zones,
)
from dicom_cdk.preflight.checks.identity import identity
from dicom_cdk.preflight.refusals import unanswered
from dicom_cdk.preflight.types import UNASKED

_ROOMS = (
    person, activated, hosts, disks, images, databases, balancers, tunnels, applications, functions, registry, given, names, keys,
    quotas, domains, payment, alarms, zones,
)  # fmt: skip
CHECKS: tuple[Check, ...] = tuple(each.CHECK for each in _ROOMS)
AT_ONCE = 8
Progress = Callable[[int, int], None]
"""Questions answered, questions in all."""


def findings(target: Target, ask: Ask, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    """Everything that the account says of a stack, in the order of CHECKS."""
    first = identity(target, ask)
    yield first
    if first.verdict != "ok":
        yield from unseen(target)
        return
    asked = [one for check in CHECKS if check.concerns(target) for one in check.questions(target)]
    yield from answers_of(asked, ask, progress)
    yield from unjudged(target)


def unjudged(target: Target) -> Iterator[Finding]:
    """Types of the stack that no check is about and no reason is known for."""
    judged = {kind for check in CHECKS for kind in check.types}
    yield from unseen(target)
    unknown = sorted(modules.types(target.stack)["managed"] - judged - set(UNASKED) - {"//"})
    if unknown:
        yield look(
            "not judged", ", ".join(unknown), "nothing here asks about these types: look at what they need by hand"
        )


def unseen(target: Target) -> Iterator[Finding]:
    """Of modules and files that nobody looks into here; known without a call."""
    for text in stack_files.not_looked_into(target.stack):
        said, _, do = text.partition("; ")
        yield look(said.partition(" ")[0], said.partition(" ")[2], do)


def answers_of(asked: Sequence[Question], ask: Ask, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    progress(0, len(asked))
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="preflight") as threads:
        for done, found in enumerate(threads.map(lambda one: _answered(one, ask), asked), 1):
            progress(done, len(asked))
            yield from found


def _answered(question: Question, ask: Ask) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(question.judge(ask))
    except AskError as error:
        found.append(unanswered(question.name, error))
    return found
