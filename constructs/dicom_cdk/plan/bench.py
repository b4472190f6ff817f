"""A stack laid out in a scratch folder where it can be planned: modules and remote states beside it, long texts apart."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dicom_cdk.plan import long_texts, provisioners, unserved
from dicom_cdk.plan.findings import Finding, Refused, reason
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.providers import served
from dicom_cdk.plan.stack import FILE, Stack, scratch
from dicom_cdk.plan.state import remote as remote_state
from dicom_cdk.plan.state.applying import applied
from dicom_cdk.plan.state.moves import condensed_files
from dicom_cdk.plan.state.operations import MovedInACircle, condensed
from dicom_cdk.plan.terraform import Terraform

if TYPE_CHECKING:
    from dicom_cdk.offline.answers import Answers

_Condensed = TypeVar("_Condensed")


@dataclass(frozen=True)
class Bench:
    """What all steps of one plan share. `chain`: the stacks whose outputs are being asked for."""

    terraform: Terraform
    answers: "Answers"
    chain: tuple[str, ...] = ()
    protected: bool = True
    known: dict[Path, dict[str, Any]] = field(default_factory=dict)
    """Outputs by the folder of their stack."""

    def laid_out(self, stack: Stack, root: Path, earlier: Stack | None = None, *, to_apply: bool = False) -> Path:
        """The folder below `root` where the stack can be planned; remote states beside it. Raises Refused.

        `earlier`: the stack before a change; what it reads of others is made before they change too, so that ids stay.
        `to_apply`: for an apply, which runs no program of the stack's.
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
        if to_apply:
            whole, more = provisioners.without(whole), {**more, **provisioners.overrides(stack)}
        instead = _refusing_circles(stack, lambda: condensed_files(stack, earlier))
        folder = stack_files.lay_out(stack, root, protected=self.protected, instead=instead)
        replace(whole, document=long_texts.set_aside(whole.document, folder)).write(folder)
        for place, text in {**{Path(name): text for name, text in files.items()}, **more}.items():
            (folder / place).write_text(text)
        if stack.document.get("module"):
            got = self.terraform.run(folder, "get", "-no-color", environment={})
            if got.code != 0:
                raise Refused(stack, [Finding("terraform get failed", reason(got))])
        return folder

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
            laid = [(one, self.laid_out(one, root / str(at), to_apply=True)) for at, one in enumerate(steps)]
            state = json.loads(applied(laid, self.terraform, on) or b"{}")
        found: dict[str, Any] = state.get("outputs", {})
        return found


def with_moves(stack: Stack, base: Stack | None) -> Stack:
    """The stack with the moves that matter to what `base` leaves in the state. Raises Refused."""
    there = [one.address for one in module_resources.resources(base)] if base else []
    document = _refusing_circles(stack, lambda: condensed(stack.document, there))
    return stack if document is stack.document else Stack(stack.folder, document)


def _refusing_circles(stack: Stack, condense: Callable[[], _Condensed]) -> _Condensed:
    try:
        return condense()
    except MovedInACircle as circle:
        raise Refused(stack, [Finding("Moved in a circle", str(circle))]) from None
