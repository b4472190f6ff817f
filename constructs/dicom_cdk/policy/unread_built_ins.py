"""What Checkov's own policies pass, or say nothing of, because an argument is an expression that only Terraform knows.

They are asked again with the worst that it could come to (policies/built_ins.toml): what fails then was not judged.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dicom_cdk.plan.reading.written_json import is_open
from dicom_cdk.plan.stack import block, texts_in
from dicom_cdk.policy import checkov_runner
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.dynamic_blocks import DYNAMIC
from dicom_cdk.policy.policy_files import Policy
from dicom_cdk.policy.verdict import Verdict, read

Worst = Mapping[str, Mapping[str, Any]]
"""Type → argument → the worst value."""


def judged(document: Document, policies: Mapping[str, Policy], found: list[Verdict]) -> list[Verdict]:
    """`found` with "not judged" in place of what passed so. Raises PolicyError and NotAStack."""
    asking = {policy.id: policy.worst for policy in policies.values() if policy.worst}
    worst: dict[str, dict[str, Any]] = {}
    for said in asking.values():
        for kind, arguments in said.items():
            worst.setdefault(kind, {}).update(arguments)
    probed, opened = dict(document.resources), {}
    for address, one in document.resources.items():
        if one.type in worst and (names := _open(document, one, worst[one.type])):
            opened[address] = names
            resolved = document.resolved(one)
            bad = {name: _worst(resolved.get(name), worst[one.type][name]) for name in names}
            bad[DYNAMIC] = {name: made for name, made in block(one.values.get(DYNAMIC)).items() if name not in names}
            # A policy that follows references needs them.
            probed[address] = replace(one, values={**one.values, **bad}, known={**one.known, **bad})
    if not opened:
        return found
    failing = {
        (one.address, one.policy)
        for one in checkov_runner.judge(replace(document, resources=probed), (), dict.fromkeys(asking, frozenset()))
        if not one.passed
    }
    unsure = failing - {(one.address, one.policy) for one in found if not one.passed}
    more = [
        read(Verdict(policy, address, True, _said(address, opened, document, asking[policy])), document.mode)
        for address, policy in sorted(unsure)
    ]
    return [*(one for one in found if (one.address, one.policy) not in unsure), *more]


def _open(document: Document, one: Resource, arguments: Mapping[str, Any]) -> list[str]:
    """Its arguments among these that only Terraform knows."""
    made = block(one.values.get(DYNAMIC))
    if not any(name in made or any(map(is_open, texts_in(one.get(name)))) for name in arguments):
        return []
    values = document.resolved(one)
    return [name for name in arguments if name in made or any(map(is_open, texts_in(values.get(name))))]


def _worst(value: Any, worst: Any) -> Any:
    if isinstance(value, dict):
        return {key: _worst(part, worst) for key, part in value.items()}
    if isinstance(value, list):
        return [_worst(part, worst) for part in value]
    return worst if value is None or is_open(value) else value


def _said(address: str, opened: Mapping[str, list[str]], document: Document, worst: Worst) -> tuple[str, ...]:
    """The arguments at fault: the resource's own, else those of others that the policy looks at."""
    own = [name for name in opened.get(address, ()) if name in worst.get(document.resources[address].type, {})]
    return tuple(own) or tuple(
        f"{other}.{name}"
        for other, names in opened.items()
        for name in names
        if name in worst.get(document.resources[other].type, {})
    )
