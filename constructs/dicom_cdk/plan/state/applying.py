"""The state that a stack leaves when it is applied offline: of one plan where that can stand for an apply, else of the apply."""

from pathlib import Path
from typing import TYPE_CHECKING

from dicom_cdk.plan.findings import Finding, Refused, failures, reason
from dicom_cdk.plan.providers import Environment, served
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import base as base_state
from dicom_cdk.plan.state.keeper import keeping
from dicom_cdk.plan.terraform import PLAN, Terraform

if TYPE_CHECKING:
    from dicom_cdk.offline.answers import Answers
    from dicom_cdk.offline.settling import Kept
    from dicom_cdk.offline.store import FactStore


def left_by(base: Stack, folder: Path, terraform: Terraform, answers: "Answers", store: "FactStore") -> bytes:
    """The state that a stack, laid out in `folder`, leaves when it is applied on nothing. Raises Refused."""
    if base_state.can_be_planned(base):
        kept: Kept = {}
        with served([base], answers, store, applies=True, settled=kept) as on:
            plan = terraform.plan(folder, environment=on)
            state = base_state.of_plan(folder / PLAN, kept, store) if plan.code == 0 else None
        if state is not None:
            return state
    # Also where Terraform refuses: what it says of an apply is what is told.
    with served([base], answers, store, applies=True) as on:
        return applied([(base, folder)], terraform, on)


def applied(steps: list[tuple[Stack, Path]], terraform: Terraform, on: Environment) -> bytes:
    """The state after the stacks, laid out in their folders, were applied one after the other. Raises Refused."""
    with keeping() as keeper:
        for stack, folder in steps:
            keeper.write_backend(folder)
            ready = terraform.run(folder, "init", "-input=false", "-no-color", environment=on)
            if ready.code != 0:
                raise Refused(stack, [Finding("terraform init failed", reason(ready))])
            done = terraform.apply(folder, environment=on)
            if done.code != 0:
                raise Refused(stack, failures(done))
        return keeper.state
