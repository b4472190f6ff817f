"""Checks as plain Checkov takes them: YAML without examples, Python modules that make instances of its resource checks."""

from pathlib import Path
from types import ModuleType
from typing import Any

from dicom_cdk.policy.errors import PolicyError

SEVERITY = "MEDIUM"
"""Of a check that says none."""


def of_module(module: ModuleType, file: Path) -> list[Any]:
    """The checks that a module made, by whatever names. Raises PolicyError for none, and for those that never get to judge."""
    from checkov.common.checks.base_check import BaseCheck
    from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

    made = {id(one): one for one in vars(module).values() if isinstance(one, BaseCheck)}.values()
    if not made:
        raise PolicyError(
            f"{file}: no policy: it must end with `check = ItsClass()`, a dicom_policy.ResourcePolicy or a resource check of "
            "Checkov"
        )
    for one in made:
        if not isinstance(one, BaseResourceCheck):
            raise PolicyError(
                f"{file}: {one.id} is a {type(one).__mro__[1].__name__}; allowed are resource checks, since the gate judges "
                "resources only"
            )
    return sorted(made, key=lambda one: str(one.id))


def severity(said: Any) -> str:
    """As the gate writes it; Checkov's own objects carry a name."""
    return str(getattr(said, "name", said) or SEVERITY).upper()


def fix(guideline: Any, name: str) -> str:
    """What mends it, as far as the check says."""
    return str(guideline or f"see the check: {name}")
