"""One plan: scratch folder, provider, plan, `show -json`, redaction; validate only where the plan fails."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicom_cdk.plan import long_texts
from dicom_cdk.plan.bench import Bench, with_moves
from dicom_cdk.plan.findings import Finding, Refused, all_new, diagnostics, errors, reason, spoken, stream
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import ephemeral_variables, stack_files
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.providers import Environment, served
from dicom_cdk.plan.redaction.plan_json import redacted, secrets_in
from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.redaction.secret_values import ephemerals, literals
from dicom_cdk.plan.stack import Stack, scratch
from dicom_cdk.plan.state import applying, replacing
from dicom_cdk.plan.state.importing import secret_ids, settled, twice
from dicom_cdk.plan.terraform import PLAN, Terraform

if TYPE_CHECKING:
    from dicom_cdk.offline.versions.choice import Choice


class Detail(Enum):
    """How much of its plan JSON is wanted. SUMMARY: where all is new, addresses, types and actions alone; CHANGES: without planned
    values and configuration."""

    SUMMARY = auto()
    CHANGES = auto()
    WHOLE = auto()


@dataclass(frozen=True)
class Base:
    """What is there before a plan: the state that `stack` leaves when it is applied."""

    stack: Stack
    release: str = ""
    """Of aliyun/alicloud, that made it; empty for what the constraint of `stack` means."""
    replaced: Sequence[str] = ()
    """Addresses of what is made anew in any case; one that the plan has not is refused."""
    protected: bool = True
    """False lets local modules destroy what they say `prevent_destroy` of."""


@dataclass(frozen=True)
class Planned:
    """The outcome for one stack: redacted plan JSON (None when refused), findings, how it was made."""

    stack: Stack
    terraform: Terraform
    plan: dict[str, Any] | None
    findings: list[Finding] = field(default_factory=list)
    base: Stack | None = None
    release: "Choice | None" = None
    """Whose facts it was planned with; None for the real provider."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """Secret texts of the plan before it was redacted: for who shows what the configuration says besides."""

    def path(self, address: str) -> str:
        """Construct path of a resource, also of one that is only in the base."""
        name = address.partition("[")[0]
        return self.stack.paths.get(name) or (self.base.paths.get(name, "") if self.base else "")


def plan_offline(
    stack: Stack,
    terraform: Terraform,
    base: Base | None = None,
    *,
    answers: Path | None = None,
    detail: Detail = Detail.WHOLE,
    release: str = "",
) -> Planned:
    """Plan `stack` with the offline provider, against what `base` leaves or against nothing.

    `release`: of aliyun/alicloud, empty for what the stack's constraint means. Raises AnswersError and NotAStack.
    """
    from dicom_cdk.offline import answers as canned
    from dicom_cdk.offline.versions import choice
    from dicom_cdk.offline.versions.store import store_of

    chosen = choice.Choice(release) if release else choice.of(stack.document)
    store = store_of(chosen.release)
    known = canned.load(answers, store) if answers else canned.Answers()
    before = base.stack if base else None
    try:
        stack, asked = with_moves(stack, before), stack
        with scratch() as root, ExitStack() as servers:
            bench = Bench(terraform, known, protected=base.protected if base else True)
            folder = bench.laid_out(stack, root / "head", before)
            on = servers.enter_context(
                served([stack, *([before] if before else [])], known, store, applies=before is not None)
            )
            if base is not None:
                earlier = store_of(base.release or choice.of(base.stack.document).release)
                laid = bench.laid_out(base.stack, root / "base", to_apply=True)
                state = applying.left_by(base.stack, laid, terraform, known, earlier)
                (folder / "terraform.tfstate").write_bytes(state)
            planned = planned_in(stack, terraform, folder, on, detail, base.replaced if base else (), before)
            beside = [Finding("Files beside the stack", text, warning=True) for text in stack_files.passed_over(asked)]
            findings = [*_nearest(chosen), *beside, *planned.findings]
            return replace(planned, stack=asked, base=before, findings=findings, release=chosen)
    except Refused as refused:
        return Planned(refused.stack, terraform, None, _unspoken(refused.findings, refused.stack))


def _nearest(chosen: "Choice") -> list[Finding]:
    said = chosen.warning
    return [Finding("Facts of another release", said, warning=True)] if said else []


def _unspoken(found: list[Finding], *stacks: Stack) -> list[Finding]:
    """The same findings without secrets of the stacks, which Terraform and providers quote in their errors."""
    written = [document for stack in stacks for document in module_resources.documents(stack)] if found else []
    secrets = frozenset(text for document in written for text in literals(document))
    return [replace(one, summary=scrubbed(one.summary, secrets), detail=scrubbed(one.detail, secrets)) for one in found]


def planned_in(
    stack: Stack,
    terraform: Terraform,
    folder: Path,
    on: Environment,
    detail: Detail = Detail.WHOLE,
    replaced: Sequence[str] = (),
    earlier: Stack | None = None,
) -> Planned:
    """The plan of a stack that lies in `folder`. With reattach nothing has to be fetched and there is no backend: no init.

    `earlier`: the stack that the state is of, whose secrets a plan shows as what was before.
    """
    planned = terraform.plan(folder, *replacing.options(replaced), environment=on)
    said = stream(planned)
    if planned.code != 0:
        # A plan stops early: mistakes elsewhere in the stack are told with the first.
        judged = terraform.run(folder, "validate", "-json", environment=on)
        found = (diagnostics(judged) if judged.code != 0 else []) or errors(said, planned)
        return Planned(stack, terraform, None, _unspoken(found, stack))
    findings = [*_unspoken(spoken(said), stack), *secret_ids(stack.document)]
    new = all_new(said) if detail is Detail.SUMMARY and not replaced else None
    if new is not None:
        return Planned(stack, terraform, new, findings)
    shown = terraform.show(folder, environment=on)
    (folder / PLAN).unlink(missing_ok=True)
    if not isinstance(shown.json, dict):
        return Planned(stack, terraform, None, [Finding("terraform show failed", reason(shown))])
    plan = ephemeral_variables.told(settled(long_texts.put_back(shown.json, stack.document)), stack)
    if lacking := replacing.lacking(replaced, plan):
        return Planned(stack, terraform, None, lacking)
    findings += twice(plan)
    secrets = secrets_in(plan)
    also = ephemerals(module_resources.documents(stack)).union(*map(_handed_on, filter(None, [stack, earlier])))
    written = redacted(plan, secrets, also, only_changes=detail is Detail.CHANGES)
    return Planned(stack, terraform, written, findings, secrets=secrets)


def _handed_on(stack: Stack) -> frozenset[str]:
    """Secret texts of a stack that reach resources by other names: in variables, in locals, in what modules are handed."""
    written = [stack.document, *map(module_files.document, modules.folders(stack))]
    sections = ("variable", "locals", "module")
    return frozenset(text for one in written for text in literals({key: one.get(key) for key in sections}))
