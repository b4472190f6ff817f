"""All policies: ours from policies/, the kept built-ins of Checkov, the rules over whole stacks.

Checkov passes over what it cannot load with a line in a log, or none (facts: policies 0): here each such case is an error.
"""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dicom_cdk import shipped
from dicom_cdk.policy import plain_checks
from dicom_cdk.policy.errors import PolicyError
from dicom_cdk.policy.stack_rules import RULES, StackRule

if TYPE_CHECKING:
    from dicom_policy import ResourcePolicy

Json = dict[str, Any]
SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
SUPPORT = ("__init__.py", "dicom_policy.py")
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


@dataclass(frozen=True)
class Catalogue:
    """Policies by id; the parts that the runner hands to Checkov; the rules over whole stacks."""

    policies: Mapping[str, Policy]
    graph: tuple[Json, ...]
    """Documents of the YAML policies."""
    rules: tuple[StackRule, ...] = RULES


@cache
def load(folders: tuple[Path, ...] = ()) -> Catalogue:
    """Our policies and those of `folders`. Raises PolicyError, naming the file."""
    policies: dict[str, Policy] = {}
    graph: list[Json] = []

    def add(policy: Policy) -> None:
        if policy.id in policies:
            raise PolicyError(
                f"{policy.source}: id {policy.id} is taken by {policies[policy.id].source}; choose another one"
            )
        policies[policy.id] = policy

    ours = shipped.path("policies")
    for policy in _built_ins(ours / "built_ins.toml"):
        add(policy)
    for folder in (ours, *folders):
        if not folder.is_dir():
            raise PolicyError(f"{folder}: no such folder; name one with policies")
        for file in sorted(folder.iterdir()):
            if file.suffix in (".yaml", ".yml"):
                document = _document(file)
                graph.append(document)
                add(_of_yaml(document, file, own=folder == ours))
            elif file.suffix == ".py" and file.name not in SUPPORT:
                for check in _python(file, ours):
                    add(_of_python(check, file) if hasattr(check, "problems") else _of_checkov(check, file))
    for rule in RULES:
        add(
            Policy(
                rule.id,
                rule.name,
                rule.severity,
                rule.fix,
                rule.source,
                frozenset(rule.types),
                frozenset(rule.reads),
                rule.failing,
                rule.passing,
            )
        )
    _judge(policies.values())
    return Catalogue(policies, tuple(graph))


def _judge(policies: Iterable[Policy]) -> None:
    from dicom_cdk.offline.store import shipped_store

    store = shipped_store()
    for policy in policies:
        if policy.severity not in SEVERITIES:
            raise PolicyError(f"{policy.source}: severity {policy.severity}, allowed are {', '.join(SEVERITIES)}")
        if policy.source == "built-in":
            continue
        for kind in sorted(policy.types):
            if kind.startswith("alicloud_") and "*" not in kind and store.find("managed", kind) is None:
                raise PolicyError(
                    f"{policy.source}: {policy.id} judges {kind}, which the provider does not have; correct the type"
                )
        if policy.plain:
            continue
        if not policy.types:
            raise PolicyError(f"{policy.source}: {policy.id} judges no type; name its resource types")
        for what, example in (("failing", policy.failing), ("passing", policy.passing)):
            if not example:
                raise PolicyError(
                    f"{policy.source}: {policy.id} has no {what} example; add one, so that it is known to work"
                )
        if not policy.fix:
            raise PolicyError(f"{policy.source}: {policy.id} says no fix; add its guideline")


def _built_ins(file: Path) -> list[Policy]:
    listed = tomllib.loads(file.read_text())
    names = _built_in_names()
    unknown = sorted((set(listed["kept"]) | set(listed["disabled"])) - set(names))
    if unknown:
        raise PolicyError(f"{file.name}: Checkov has no {', '.join(unknown)}; correct the list")
    return [
        Policy(known, names[known][0], entry["severity"], entry["fix"], "built-in", names[known][1])
        for known, entry in sorted(listed["kept"].items())
    ]


def _built_in_names() -> dict[str, tuple[str, frozenset[str]]]:
    from dicom_cdk.policy.checkov_runner import built_ins

    return built_ins()


def _document(file: Path) -> Json:
    try:
        document = yaml.safe_load(file.read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyError(f"{file}: {' '.join(str(error).split())}; correct the file") from None
    if (
        not isinstance(document, dict)
        or not isinstance(document.get("metadata"), dict)
        or not document.get("definition")
    ):
        raise PolicyError(f"{file}: no policy: metadata and definition are needed")
    return document


def _of_yaml(document: Json, file: Path, *, own: bool) -> Policy:
    """`own`: of our folder, where every policy brings examples; elsewhere one without any is a plain check."""
    metadata = document["metadata"]
    examples = document.get("examples") or {}
    plain = not own and not examples
    for key in ("id", "name", "category"):
        if not metadata.get(key):
            raise PolicyError(f"{file}: metadata.{key} is missing")
    if not (PLAIN_ID if plain else ID).fullmatch(str(metadata["id"])):
        raise PolicyError(f"{file}: id {metadata['id']}, allowed is CKV2_NAME_NUMBER")
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
    parts = definition.get("and") or definition.get("or") or [definition] if isinstance(definition, dict) else []
    filters = [part for part in parts if isinstance(part, dict) and part.get("cond_type") == "filter"]
    if filters:
        return {kind for part in filters for kind in part.get("value", [])}
    return {kind for part in parts if isinstance(part, dict) for kind in part.get("resource_types", [])}


def _python(file: Path, support: Path) -> "list[ResourcePolicy]":
    """The module's `check`; else what plain checks of Checkov it makes."""
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
    except Exception as error:
        raise PolicyError(f"{file}: {type(error).__name__}: {error}; correct the policy") from None
    check: Any = getattr(module, "check", None)
    return [check] if hasattr(check, "problems") else plain_checks.of_module(module, file)


def _of_checkov(check: Any, file: Path) -> Policy:
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


def _of_python(check: "ResourcePolicy", file: Path) -> Policy:
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
