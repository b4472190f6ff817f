"""One policy, read from its file: YAML for Checkov's graph, Python with a check at its end, or a plain check of Checkov."""

import importlib.util
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dicom_cdk.payload import yaml_text
from dicom_cdk.policy import plain_checks
from dicom_cdk.policy.errors import PolicyError
from dicom_cdk.text_files import text_of

if TYPE_CHECKING:
    from dicom_policy import ResourcePolicy

Json = dict[str, Any]
ID = re.compile(r"CKV2_[A-Z]+_\d+")
PLAIN_ID = re.compile(r"CKV2?_[A-Z][A-Z0-9]*_\d+")
"""What Checkov's own documentation calls its checks."""


@dataclass(frozen=True)
class Policy:
    """One policy. `source`: file relative to its folder's parent, or "built-in"; `types`: those it judges, empty for built-ins.

    `plain`: a check written for plain Checkov, which need not judge every resource of its types, say a fix or bring examples.
    """

    id: str
    name: str
    severity: str
    fix: str
    source: str
    types: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    failing: Json | None = None
    passing: Json | None = None
    plain: bool = False
    worst: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Of a built-in: type → argument → the worst that an expression there could come to."""


def yaml_document(file: Path) -> Json:
    """The document of a YAML policy. Raises PolicyError."""
    try:
        document = yaml_text.document(text_of(file, marked=True))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise PolicyError(f"{file}: {' '.join(str(error).split())}; correct the file") from None
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("metadata"), dict)
        or not document.get("definition")
    ):
        raise PolicyError(f"{file}: no policy: metadata and definition are needed")
    return document


def of_yaml(document: Json, file: Path, *, own: bool) -> Policy:
    """The policy that `document`, of `file`, describes. Raises PolicyError.

    `own`: of our folder, where every policy brings examples; elsewhere one without any is a plain check.
    """
    metadata = document["metadata"]
    examples = document.get("examples") or {}
    plain = not own and not examples
    for key in ("id", "name", "category"):
        if not metadata.get(key):
            raise PolicyError(f"{file}: metadata.{key} is missing")
    if not (PLAIN_ID if plain else ID).fullmatch(str(metadata["id"])):
        raise PolicyError(f"{file}: id {metadata['id']}, allowed is CKV2_NAME_NUMBER")
    for key, found in _kinds(document["definition"]):
        if not isinstance(found, list) or not all(isinstance(kind, str) for kind in found):
            raise PolicyError(f"{file}: {key} is {found!r}, allowed is a list of resource types; correct the file")
    return Policy(
        metadata["id"],
        metadata["name"],
        plain_checks.severity(metadata.get("severity")) if plain else str(metadata.get("severity")),
        plain_checks.fix(metadata.get("guideline"), metadata["name"]) if plain else metadata.get("guideline", ""),
        f"{file.parent.name}/{file.name}",
        frozenset(_judged(document["definition"])),
        frozenset(),
        examples.get("failing"),
        examples.get("passing"),
        plain,
    )


def _judged(definition: Any) -> set[str]:
    """Types that a YAML policy gives verdicts on: those of its filter, else those of its attributes."""
    return {kind for _, kinds in _kinds(definition) for kind in kinds}


def _kinds(definition: Any) -> list[tuple[str, Any]]:
    """Each place of a definition that names types, and what stands there."""
    parts = definition.get("and") or definition.get("or") or [definition] if isinstance(definition, dict) else []
    bodies = [part for part in (parts if isinstance(parts, list) else []) if isinstance(part, dict)]
    filters = [part for part in bodies if part.get("cond_type") == "filter"]
    name = "value" if filters else "resource_types"
    return [(f"definition: {name}", part.get(name, [])) for part in filters or bodies]


def python(file: Path, support: Path) -> "list[ResourcePolicy]":
    """The module's `check`; else what plain checks of Checkov it makes. `support`: folder of dicom_policy. Raises PolicyError."""
    if str(support) not in sys.path:
        # Where the policies' own import of dicom_policy leads.
        sys.path.insert(1, str(support))
    name = f"dicom_cdk_policies_{file.parent.name}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise PolicyError(f"{file}: {type(error).__name__}: {error}; correct the policy") from None
    check: Any = getattr(module, "check", None)
    return [check] if hasattr(check, "problems") else plain_checks.of_module(module, file)


def of_checkov(check: Any, file: Path) -> Policy:
    """The policy that a plain check of Checkov, of `file`, is. Raises PolicyError."""
    if not PLAIN_ID.fullmatch(str(check.id)):
        raise PolicyError(f"{file}: id {check.id}, allowed is CKV_NAME_NUMBER or CKV2_NAME_NUMBER")
    return Policy(
        check.id,
        check.name,
        plain_checks.severity(check.severity),
        plain_checks.fix(check.guideline, check.name),
        f"{file.parent.name}/{file.name}",
        frozenset(check.supported_resources),
        plain=True,
    )


def of_python(check: "ResourcePolicy", file: Path) -> Policy:
    """The policy that `check`, of `file`, is. Raises PolicyError."""
    if not ID.fullmatch(check.key):
        raise PolicyError(f"{file}: id {check.key}, allowed is CKV2_NAME_NUMBER")
    return Policy(
        check.key,
        check.title,
        check.severity_name,
        check.fix,
        f"{file.parent.name}/{file.name}",
        frozenset(check.types),
        frozenset(check.reads),
        getattr(check, "failing", None),
        getattr(check, "passing", None),
    )
