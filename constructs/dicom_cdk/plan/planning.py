"""One plan: scratch folder, provider, plan, `show -json`, redaction; validate only where the plan fails.

Over 200 lines: one plan from scratch folder to redacted result, in the order in which it happens.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dicom_cdk.plan import base_state, long_texts, module_resources, modules, remote_state, replacing, unserved
from dicom_cdk.plan.findings import Finding, all_new, diagnostics, errors, failures, reason, spoken, stream
from dicom_cdk.plan.module_moves import condensed_files
from dicom_cdk.plan.providers import Environment, served
from dicom_cdk.plan.redaction import redacted, secrets_in
from dicom_cdk.plan.secret_values import ephemerals, literals, scrubbed
from dicom_cdk.plan.stack import FILE, Stack, scratch
from dicom_cdk.plan.state_keeper import keeping
from dicom_cdk.plan.state_operations import MovedInACircle, condensed, settled
from dicom_cdk.plan.terraform import Answer, Terraform

if TYPE_CHECKING:
    from dicom_cdk.offline.answers import Answers
    from dicom_cdk.offline.settling import Kept
    from dicom_cdk.offline.store import FactStore
    from dicom_cdk.offline.versions.choice import Choice

_Condensed = TypeVar("_Condensed")
PLAN = "plan"
PARALLEL = "-parallelism=30"
"""Nothing waits for a cloud here."""


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
    *,
    base: Stack | None = None,
    answers: Path | None = None,
    whole: bool = True,
    only_changes: bool = False,
    protected: bool = True,
    release: str = "",
    before: str = "",
    replaced: Sequence[str] = (),
) -> Planned:
    """Plan `stack` with the offline provider; against the state that `base` gives when applied, else against nothing.

    `whole`: False is enough for a summary: where all is new, the plan JSON has nothing but addresses, types and actions then.
    `only_changes`: the plan JSON is without planned values and configuration.
    `protected`: False lets local modules destroy what they say `prevent_destroy` of.
    `release`: of aliyun/alicloud, empty for what the stack's constraint means; `before`: the one that made the state of `base`.
    `replaced`: addresses of what is made anew in any case; one that the stack has not is refused.

    Raises AnswersError and NotAStack.
    """
    from dicom_cdk.offline import answers as canned
    from dicom_cdk.offline.versions import choice
    from dicom_cdk.offline.versions.store import store_of

    chosen = choice.Choice(release) if release else choice.of(stack.document)
    store = store_of(chosen.release)
    known = canned.load(answers, store) if answers else canned.Answers()
    try:
        stack, asked = _condensed(stack, base), stack
        with scratch() as root, ExitStack() as servers:
            bench = Bench(terraform, known, protected=protected)
            folder = bench.laid_out(stack, root / "head", base)
            on = servers.enter_context(
                served([stack, *([base] if base else [])], known, store, applies=base is not None)
            )
            if base is not None:
                earlier = store_of(before or choice.of(base.document).release)
                (folder / "terraform.tfstate").write_bytes(
                    bench.left_by(base, bench.laid_out(base, root / "base"), earlier)
                )
            planned = planned_in(
                stack, terraform, folder, on, whole=whole, only_changes=only_changes, replaced=replaced
            )
            beside = [Finding("Files beside the stack", text, warning=True) for text in modules.passed_over(asked)]
            findings = [*_nearest(chosen), *beside, *planned.findings]
            return replace(planned, stack=asked, base=base, findings=findings, release=chosen)
    except Refused as refused:
        return Planned(refused.stack, terraform, None, _unspoken(refused.findings, refused.stack))


def _nearest(chosen: "Choice") -> list[Finding]:
    said = chosen.warning
    return [Finding("Facts of another release", said, warning=True)] if said else []


def _condensed(stack: Stack, base: Stack | None) -> Stack:
    """The stack with the moves that matter to what `base` leaves in the state. Raises Refused."""
    there = [one.address for one in module_resources.resources(base)] if base else []
    document = _refusing_circles(stack, lambda: condensed(stack.document, there))
    return stack if document is stack.document else Stack(stack.folder, document)


def _refusing_circles(stack: Stack, condense: Callable[[], _Condensed]) -> _Condensed:
    try:
        return condense()
    except MovedInACircle as circle:
        raise Refused(stack, [Finding("Moved in a circle", str(circle))]) from None


class Refused(Exception):
    """Terraform, or the look before it, says no to a stack."""

    def __init__(self, stack: Stack, findings: list[Finding]) -> None:
        super().__init__(stack.name)
        self.stack, self.findings = stack, findings


@dataclass(frozen=True)
class Bench:
    """What all steps of one plan share. `chain`: the stacks whose outputs are being asked for."""

    terraform: Terraform
    answers: "Answers"
    chain: tuple[str, ...] = ()
    protected: bool = True
    known: dict[Path, dict[str, Any]] = field(default_factory=dict)
    """Outputs by the folder of their stack."""

    def laid_out(self, stack: Stack, root: Path, earlier: Stack | None = None) -> Path:
        """The folder below `root` where the stack can be planned; remote states beside it. Raises Refused.

        `earlier`: the stack before a change; what it reads of others is made before they change too, so that ids stay.
        """
        missing = [Finding("A module is not here", text) for text in modules.unseen(stack)]
        missing += [Finding(*words) for words in unserved.findings(stack)]
        if missing:
            raise Refused(stack, missing)
        chain = (*self.chain, stack.name)

        def outputs(producer: Stack) -> dict[str, Any]:
            if producer.name in chain:
                circle = " → ".join((*chain[chain.index(producer.name) :], producer.name))
                raise remote_state.NoState(f"remote states refer to each other in a circle: {circle}; break it")
            key = producer.folder.resolve()
            if key not in self.known:
                self.known[key] = replace(self, chain=chain).outputs(producer, earlier)
            return self.known[key]

        try:
            whole, files = remote_state.redirected(stack, outputs, self.answers)
            more = remote_state.overrides(stack, outputs, self.answers)
        except remote_state.NoState as said:
            raise Refused(stack, [Finding("No remote state", str(said))]) from None
        instead = _refusing_circles(stack, lambda: condensed_files(stack, earlier))
        folder = modules.lay_out(stack, root, protected=self.protected, instead=instead)
        replace(whole, document=long_texts.set_aside(whole.document, folder)).write(folder)
        for place, text in {**{Path(name): text for name, text in files.items()}, **more}.items():
            (folder / place).write_text(text)
        if stack.document.get("module"):
            got = self.terraform.run(folder, "get", "-no-color", environment={})
            if got.code != 0:
                raise Refused(stack, [Finding("terraform get failed", reason(got))])
        return folder

    def left_by(self, base: Stack, folder: Path, store: "FactStore") -> bytes:
        """The state that a stack, laid out in `folder`, leaves when it is applied on nothing. Raises Refused."""
        if base_state.can_be_planned(base):
            kept: Kept = {}
            with served([base], self.answers, store, applies=True, settled=kept) as on:
                plan = _plan(self.terraform, folder, on)
                shown = self.terraform.run(folder, "show", "-json", PLAN, environment=on) if plan.code == 0 else plan
            state = base_state.of_plan(shown.json, kept, store) if isinstance(shown.json, dict) else None
            if state is not None:
                return state
        # Also where Terraform refuses: what it says of an apply is what is told.
        with served([base], self.answers, store, applies=True) as on:
            return self.applied([(base, folder)], on)

    def applied(self, steps: list[tuple[Stack, Path]], on: Environment) -> bytes:
        """The state after the stacks, laid out in their folders, were applied one after the other. Raises Refused."""
        with keeping() as keeper:
            for stack, folder in steps:
                keeper.write_backend(folder)
                ready = self.terraform.run(folder, "init", "-input=false", "-no-color", environment=on)
                if ready.code != 0:
                    raise Refused(stack, [Finding("terraform init failed", reason(ready))])
                done = self.terraform.run(
                    folder, "apply", "-auto-approve", "-refresh=false", PARALLEL, "-json", environment=on
                )
                if done.code != 0:
                    raise Refused(stack, failures(done))
            return keeper.state

    def outputs(self, producer: Stack, consumer_before: Stack | None) -> dict[str, Any]:
        """What a stack's state says after an offline apply, on top of its own form before the change. Raises Refused."""
        was = producer.folder.resolve()
        before = None
        if consumer_before is not None:
            there = consumer_before.folder.parent / was.name
            before = Stack.read(there) if (there / FILE).exists() and there.resolve() != was else None
        steps = [one for one in (before, producer) if one is not None]
        from dicom_cdk.offline.versions import choice
        from dicom_cdk.offline.versions.store import store_of

        store = store_of(choice.of(producer.document).release)
        with scratch() as root, served(steps, self.answers, store, applies=True) as on:
            laid = [(one, self.laid_out(one, root / str(at))) for at, one in enumerate(steps)]
            state = json.loads(self.applied(laid, on) or b"{}")
        found: dict[str, Any] = state.get("outputs", {})
        return found


def _unspoken(found: list[Finding], *stacks: Stack) -> list[Finding]:
    """The same findings without secrets of the stacks, which Terraform and providers quote in their errors."""
    written = [document for stack in stacks for document in module_resources.documents(stack)] if found else []
    secrets = frozenset(text for document in written for text in literals(document))
    return [replace(one, summary=scrubbed(one.summary, secrets), detail=scrubbed(one.detail, secrets)) for one in found]


def _plan(terraform: Terraform, folder: Path, on: Environment, replaced: Sequence[str] = ()) -> Answer:
    anew = replacing.options(replaced)
    return terraform.run(
        folder, "plan", "-refresh=false", "-input=false", PARALLEL, *anew, "-json", f"-out={PLAN}", environment=on
    )


def planned_in(
    stack: Stack,
    terraform: Terraform,
    folder: Path,
    on: Environment,
    *,
    whole: bool = True,
    only_changes: bool = False,
    replaced: Sequence[str] = (),
) -> Planned:
    """The plan of a stack that lies in `folder`. With reattach nothing has to be fetched and there is no backend: no init."""
    planned = _plan(terraform, folder, on, replaced)
    said = stream(planned)
    if planned.code != 0:
        # A plan stops early: mistakes elsewhere in the stack are told with the first.
        judged = terraform.run(folder, "validate", "-json", environment=on)
        found = (diagnostics(judged) if judged.code != 0 else []) or errors(said, planned)
        return Planned(stack, terraform, None, _unspoken(found, stack))
    findings = _unspoken(spoken(said), stack)
    new = None if whole or replaced else all_new(said)
    if new is not None:
        return Planned(stack, terraform, new, findings)
    shown = terraform.run(folder, "show", "-json", PLAN, environment=on)
    (folder / PLAN).unlink(missing_ok=True)
    if not isinstance(shown.json, dict):
        return Planned(stack, terraform, None, [Finding("terraform show failed", reason(shown))])
    plan = settled(long_texts.put_back(shown.json, stack.document))
    if lacking := replacing.lacking(replaced, plan):
        return Planned(stack, terraform, None, lacking)
    secrets = secrets_in(plan)
    # A plan does not say which variables are ephemeral.
    written = redacted(plan, secrets, ephemerals(module_resources.documents(stack)), only_changes=only_changes)
    return Planned(stack, terraform, written, findings, secrets=secrets)
