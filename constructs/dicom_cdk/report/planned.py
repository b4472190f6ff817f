"""The offline plan as a table by room, with what is costly to change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dicom_cdk.plan import summary
from dicom_cdk.plan.planning import Detail, Planned, plan_offline
from dicom_cdk.plan.stack import Stack, lifecycle
from dicom_cdk.plan.state import told
from dicom_cdk.plan.state.importing import again
from dicom_cdk.plan.state.told import Said
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.policy.document import Document

SLOW = {
    "alicloud_db_instance": "an hour, and every client's address of it",
    "alicloud_instance": "its first boot and all its steps again",
    "alicloud_cr_ee_instance": "a subscription, and every image pushed again",
    "alicloud_sae_application": "DICOMweb is away meanwhile",
    "alicloud_slb_load_balancer": "its clients' address",
    "alicloud_fcv3_custom_domain": "the gateway's name is away meanwhile",
}
"""Type → what its replacement costs."""
NOT_PLANNED = "not planned: Terraform or the offline provider is not installed here (dicom-cdk doctor)"


@dataclass(frozen=True)
class PlanRow:
    """One room. `costly`: address, path and why of what is costly to change later."""

    room: str
    number: str
    changes: str
    costly: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class PlanTable:
    """Rows by room, the stack's total, and what is to be said beside it: findings, deviations, why there is none. `state`: what the
    stack says of it; `imported`: address → how much of what stands there is imported."""

    rows: tuple[PlanRow, ...] = ()
    total: str = ""
    notes: tuple[str, ...] = ()
    state: tuple[Said, ...] = ()
    imported: Mapping[str, str] = field(default_factory=dict)


def plan_table(stack: Stack, document: Document, terraform: Terraform | None, answers: Path | None) -> PlanTable:
    """The offline plan's summary, or why there is none. Raises AnswersError."""
    if terraform is None:
        return _with_state(PlanTable(notes=(NOT_PLANNED, *document.unseen)), stack, None)
    return table_of(plan_offline(stack, terraform, answers=answers, detail=Detail.SUMMARY), document)


def table_of(planned: Planned, document: Document) -> PlanTable:
    """The table of a plan that has been made."""
    said = list(summary.lines(planned))
    notes = tuple(line for line in said if line.startswith(("error: ", "warning: ", "note: ")))
    if planned.plan is None:
        return _with_state(PlanTable(total=said[-1], notes=notes), planned.stack, None)
    rooms = summary.by_room(planned)
    comes_back = again(planned.plan)
    beyond = (one for changes in rooms.values() for one in changes if summary.action(one) in summary.NOTES)
    table = PlanTable(
        tuple(_rows(planned, rooms, document)),
        summary.total(planned, rooms),
        (*notes, *(summary.told(one, comes_back.get(one["address"], "")) for one in beyond)),
    )
    return _with_state(table, planned.stack, planned.plan)


def _with_state(table: PlanTable, stack: Stack, plan: dict[str, Any] | None) -> PlanTable:
    return replace(table, state=tuple(told.sentences(stack, plan)), imported=told.imported(stack, plan))


def _rows(planned: Planned, rooms: dict[str, list[dict[str, Any]]], document: Document) -> Iterator[PlanRow]:
    for room, changes in rooms.items():
        costly = tuple(
            (one["address"], planned.path(one["address"]) or one["address"], why)
            for one in changes
            if (why := _costly(document, one))
        )
        yield PlanRow(room, summary.GUIDE_STEPS.get(room, ""), summary.counted(changes), costly)


def _costly(document: Document, change: dict[str, Any]) -> str:
    """Why a change of it costs more than a minute, "" where it does not."""
    resource = document.resources.get(change["address"])
    if resource and lifecycle(resource.values).get("prevent_destroy") is True:
        return "holds what cannot be made again, Terraform refuses to destroy it"
    return f"replaced: {SLOW[change['type']]}" if change["type"] in SLOW else ""
