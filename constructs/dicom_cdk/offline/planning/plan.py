"""Steps 1 to 11 in their order: the answer of PlanResourceChange for a type of alicloud."""

from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.diagnostics import Diagnostic, Path
from dicom_cdk.offline.fields import ResourceFields
from dicom_cdk.offline.planning import sides
from dicom_cdk.offline.planning.applying import Application
from dicom_cdk.offline.planning.customize import customize
from dicom_cdk.offline.planning.difference import Differences, Entry
from dicom_cdk.offline.planning.durations import bad_timeouts
from dicom_cdk.offline.planning.replacement import replace_paths
from dicom_cdk.offline.planning.rules import Question, View
from dicom_cdk.offline.planning.settling import equal_block, keep_lost_values, set_unknowns, timeouts
from dicom_cdk.offline.planning.unproven import Unproven
from dicom_cdk.offline.validation.nulls import without_null_keys
from dicom_cdk.offline.values import Value


@dataclass(slots=True)
class Planned:
    """A planned value, the paths that force replacement, and what was found wrong."""

    value: Value
    replace: list[Path] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def plan(
    described: ResourceFields,
    prior: Value,
    proposed: Value,
    features: dict[str, Any] | None = None,
    unproven: Unproven | None = None,
) -> Planned:
    """The planned value of one resource.

    `prior` is None on creation and `proposed` None on destruction. `features`: the provider block's `features`. `unproven`: prior
    values that an offline apply made up; a rule that looks at one is said in a warning.
    """
    if proposed is None:
        return Planned(None)
    fields = described.fields
    creating = prior is None
    unproven = unproven or Unproven()
    proposed = without_null_keys(fields, proposed)
    view = View(fields, proposed, prior, features or {}, unproven.looked_at)
    old = sides.prior_side(fields, prior)
    new = sides.new_side(fields, proposed)
    # `id` is never configured: its difference is step 5's.
    compared = {name: one for name, one in fields.items() if name != "id"}
    found = Differences(
        creating or not prior.get("id"),
        lambda when, before, after, path: unproven.asked(
            path, lambda: Question(view, before, after, lambda: unproven.looked_at(str(path[0]))).holds(when)
        ),
    )
    found.compare(compared, old, new)
    customize(described.customize, view, old, new, found)
    if creating:
        found.entries[("id",)] = Entry("", "", unknown=True)
    warnings = unproven.warnings(described.facts.name, prior)
    if not found.entries:
        return Planned(prior, diagnostics=warnings)
    # As the SDK: durations are read where anything differs, were it null against a zero that ends as no change.
    if described.timeouts and (wrong := bad_timeouts(proposed)):
        return Planned(proposed, diagnostics=wrong)
    planned = Application(found.entries).block(fields, (), old)
    planned = keep_lost_values(fields, planned, proposed)
    if described.timeouts:
        planned["timeouts"] = timeouts(proposed.get("timeouts"))
    if not creating and equal_block(fields, prior, planned) and prior.get("timeouts") == planned.get("timeouts"):
        return Planned(prior, diagnostics=warnings)
    if creating:
        set_unknowns(fields, planned)
    return Planned(planned, replace_paths(fields, found.entries), warnings)
