"""Arguments that are not what the provider's schema says: no policy can judge them, and Terraform refuses them."""

from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.offline.answer_values import allowed
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.reading.written_json import is_open
from dicom_cdk.plan.stack import NotAStack
from dicom_cdk.policy.document import Document, Json, Resource
from dicom_cdk.policy.dynamic_blocks import DYNAMIC
from dicom_cdk.policy.errors import PolicyError

MOST = 5
"""Arguments that one message names."""


def refused(document: Document, why: str, kinds: str = "") -> NotAStack | PolicyError:
    """What is said of a document that a policy broke on, `why` being how: the arguments at fault, else the policy.

    `kinds`: types that it looked at, where `why` does not name them.
    """
    told = [
        f"{':'.join(map(str, document.place(one.address)))}: {text}"
        for one in document.resources.values()
        if one.type in (kinds or why)
        for text in misfits(one)
    ]
    if not told:
        return PolicyError(f"{document.name}: {why}")
    more = f" (and {len(told) - MOST} more)" if len(told) > MOST else ""
    return NotAStack(f"{'; '.join(told[:MOST])}{more}; correct it: no policy can judge such an argument")


def misfits(resource: Resource) -> Iterator[str]:
    """One line for each argument of another type than the schema's; expressions are of any."""
    facts = shipped_store().find("managed", resource.type)
    if facts is not None:
        yield from _in_block(facts.schema["block"], resource.values, resource.address)


def _in_block(block: Mapping[str, Any], given: Json, where: str) -> Iterator[str]:
    for name, value in given.items():
        if name in block.get("attributes", {}):
            if value is not None and not _fits(kind := block["attributes"][name]["type"], value):
                yield f"{where}.{name}: got {_kind(value)}, allowed is {allowed(kind)}"
        elif name in block.get("block_types", {}):
            inner = block["block_types"][name]["block"]
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict):
                    yield from _lacking(inner, one, f"{where}.{name}")
                    yield from _in_block(inner, one, f"{where}.{name}")
                elif one is not None and not is_open(one):
                    yield f"{where}.{name}: got {_kind(one)}, allowed is a block of {', '.join(sorted(inner['attributes']))}"


def _lacking(block: Mapping[str, Any], given: Json, where: str) -> Iterator[str]:
    for name, facts in block.get("attributes", {}).items():
        if facts.get("required") and given.get(name) is None and DYNAMIC not in given:
            yield f"{where}: {name} is missing, which the provider asks for"


def _fits(kind: Any, value: Any) -> bool:
    if is_open(value):
        return True
    if isinstance(kind, str):
        return not isinstance(value, dict | list)
    outer, inner = kind
    if outer in ("list", "set"):
        return isinstance(value, list) and all(one is not None and _fits(inner, one) for one in value)
    if not isinstance(value, dict):
        return False
    return all(
        one is None or _fits(inner if outer == "map" else inner.get(key, "dynamic"), one) for key, one in value.items()
    )


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list with null in it" if None in value else "a list"
    return {bool: "true or false", int: "a number", float: "a number"}.get(type(value), "a text")
