"""All policies: ours from policies/, the kept built-ins of Checkov, the rules over whole stacks.

Checkov passes over what it cannot load with a line in a log, or none (facts: policies 0): here each such case is an error.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dicom_cdk import shipped
from dicom_cdk.policy.errors import PolicyError
from dicom_cdk.policy.policy_files import Json, Policy, of_checkov, of_python, of_yaml, python, yaml_document
from dicom_cdk.policy.stack_rules import RULES, StackRule

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
SUPPORT = ("__init__.py", "dicom_policy.py")


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
                document = yaml_document(file)
                graph.append(document)
                add(of_yaml(document, file, own=folder == ours))
            elif file.suffix == ".py" and file.name not in SUPPORT:
                for check in python(file, ours):
                    add(of_python(check, file) if hasattr(check, "problems") else of_checkov(check, file))
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
        Policy(
            known,
            names[known][0],
            entry["severity"],
            entry["fix"],
            "built-in",
            names[known][1],
            worst=entry.get("worst", {}),
        )
        for known, entry in sorted(listed["kept"].items())
    ]


def _built_in_names() -> dict[str, tuple[str, frozenset[str]]]:
    from dicom_cdk.policy.checkov_runner import built_ins

    return built_ins()
