"""What every report for people says, and in which order: the worst first."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dicom_cdk.plan.summary import GUIDE_STEPS, place
from dicom_cdk.review.before_after.values import Difference
from dicom_cdk.review.model import Change, StackReview

ACTIONS = ("import", "create", "update", "replace", "destroy", "forget")


@dataclass(frozen=True)
class Section:
    """A title and its entries. `folded`: details, not the short of it; `code`: entries are lines of a difference, by file."""

    title: str
    entries: tuple[str, ...] = ()
    folded: bool = False
    code: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Entries, without the lines below them."""
        return sum(not entry.startswith("  ") for entry in self.entries)


def headline(review: StackReview) -> str:
    """One line: what happens in all."""
    if review.unchanged:
        return "no changes"
    if review.presence == "removed":
        return f"the stack is gone: {len(review.changes)} to destroy"
    count = Counter(change.action for change in review.changes)
    told = ", ".join(f"{count[action]} to {action}" for action in ACTIONS if count[action])
    if review.presence == "added":
        return f"a new stack: {told or '0 to create'}"
    return told or "no resource changes"


def sections(review: StackReview) -> Iterator[Section]:
    """Only those with something in them."""
    yield from (section for section in _all(review) if section.entries or section.code)


def _all(review: StackReview) -> Iterator[Section]:
    yield Section(
        "Data could be lost",
        tuple(loss.told for loss in review.losses if not loss.reason),
    )
    yield Section(
        "Data goes, as allowed",
        tuple(f"{loss.told}. Allowed: {loss.reason}" for loss in review.losses if loss.reason),
    )
    yield Section("The archive's release changes: the way", review.upgrades)
    yield Section("Images are received another way", review.receiving)
    yield Section("Locks on what buckets hold", review.locks)
    yield Section("No plan could be made: replacements are not known", review.problems)
    yield Section("Not looked into, or not known offline", review.unknown)
    yield Section("Objects of the account at two addresses", review.twice)
    yield Section("Provider, state, variables, data sources", tuple(_differences(review.settings)))
    yield Section("New ways in from the internet", review.exposure)
    yield Section("Networks that newly reach the archive itself, without login or filter", review.unfiltered)
    yield Section("Ingress that no rule allowed before", review.rules)
    yield Section("Modalities: who may do what", review.modalities)
    yield Section("Ways in that end: who uses one needs another first", review.ended)
    yield Section("Permissions gained", review.permissions)
    yield Section("New policy findings", review.findings_new)
    yield Section("Waivers new", review.waivers_new)
    yield Section("Waivers that end within 30 days", review.waivers_expiring)
    yield Section(
        "Renamed: paste into the site's `moved:`", tuple(f"{old}: {new}" for old, new in sorted(review.moves.items()))
    )
    yield Section(
        "Left in the account, managed by nobody",
        tuple(change.address for change in review.changes if change.action == "forget" and not change.comes_back),
    )
    yield Section(
        "Imported, taken as holding what the configuration says: a plan with the account tells whether they do",
        tuple(change.address for change in review.changes if change.imported),
    )
    yield Section(
        "Protection switched off",
        review.unprotected,
    )
    yield Section("Refused by prevent_destroy as it stands", tuple(one.address for one in review.changes if one.held))
    yield Section("By room", tuple(_rooms(review.changes)))
    yield Section("Host steps that run", tuple(_steps(review.changes)), folded=True)
    yield Section(
        "Files on hosts", tuple(_files(review)), folded=True, code={one.name: one.lines for one in review.files}
    )
    yield Section("Resources", tuple(_resources(review)), folded=True)
    yield Section("Outputs", tuple(_differences(review.outputs)), folded=True)
    yield Section("Provider versions", tuple(_differences(review.providers)))
    yield Section("Policy findings gone", review.findings_gone, folded=True)
    if not review.policies_judged:
        yield Section("Policies", ("not judged: install dicom-cdk[policy]",))


def _rooms(changes: Sequence[Change]) -> Iterator[str]:
    for room in sorted({change.room for change in changes}, key=place):
        count = Counter(change.action for change in changes if change.room == room)
        step = f" (guide step {GUIDE_STEPS[room]})" if room in GUIDE_STEPS else ""
        yield f"{room or 'elsewhere'}{step}: " + ", ".join(
            f"{count[action]} to {action}" for action in ACTIONS if count[action]
        )


def _steps(changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        if change.address.startswith("alicloud_ecs_invocation.") and change.action in ("create", "replace"):
            yield f"{change.address.partition('.')[2]} ({'first time' if change.action == 'create' else 'again'})"


def _resources(review: StackReview) -> Iterator[str]:
    for change in review.changes:
        if change.step and change.action != "destroy":
            continue
        forced = f", forced by {', '.join(change.forced_by)}" if change.forced_by else ""
        moved = f", moved from {change.came_from}" if change.came_from else ""
        again = f", imported again as {change.comes_back}" if change.comes_back else ""
        imported = ", imported" if change.imported and change.action != "import" else ""
        yield f"{change.action} {change.address}{moved}{again}{imported}{forced}"
        for one in change.differences:
            yield f"  {one.path}: {_arrow(one.before, one.after)}"


def _differences(found: Sequence[Difference]) -> Iterator[str]:
    for one in found:
        yield f"{one.path}: {_arrow(one.before, one.after)}"


def _files(review: StackReview) -> Iterator[str]:
    for one in review.files:
        more = f", {one.left_out} more lines" if one.left_out else ""
        yield f"{one.name} {one.kind}, carried by {', '.join(one.carriers)}{more}"


def _arrow(before: str | None, after: str | None) -> str:
    return f"{'nothing' if before is None else before} → {'nothing' if after is None else after}"
