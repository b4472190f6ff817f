"""What a stack says besides resources: provider, state, variables, data sources; and when that alone could lose everything."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from dicom_cdk.plan.secret_values import hidden
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.data_loss import Loss
from dicom_cdk.review.values import Difference, differences

PLACE = re.compile(r"(?P<provider>provider\.\w+)(?:\[\d+\])?\.(?:region|account_id)")


def settings(before: Stack | None, after: Stack | None) -> tuple[Difference, ...]:
    """Everything besides resources, outputs and provider versions."""
    if before is None or after is None:
        return ()
    return differences("", _said(before), _said(after), _secret(before) | _secret(after))


def _secret(stack: Stack) -> frozenset[str]:
    """Paths of `_said` whose values are never shown: what variables, and arguments of data sources, are marked for."""
    variables = {f"variable.{name}.default" for name in stack.sensitive_variables()}
    asked = {
        f"data.{kind}.{name}.{path}"
        for kind, named in stack.document.get("data", {}).items()
        for name in (named if isinstance(named, dict) else ())
        for path in hidden(kind, "data")
    }
    return frozenset(variables | asked)


def elsewhere(changed: Sequence[Difference]) -> Iterator[Loss]:
    """Another region, account or state: Terraform would not find what there is, and make all of it again."""
    for one in changed:
        if place := PLACE.fullmatch(one.path):
            yield Loss(place["provider"], "point elsewhere with", "sight of everything in the old place")
        if one.path.partition(".")[0] == "backend":
            yield Loss("terraform.backend", "move", "the state, unless it is migrated (terraform init -migrate-state)")


def _said(stack: Stack) -> dict[str, Any]:
    found = {name: stack.document.get(name) or {} for name in ("provider", "variable", "data", "locals")}
    return {**found, "backend": (stack.document.get("terraform") or {}).get("backend") or {}}
