"""Which object of the account an address means, as far as the files of a stack decide it: no plan, no state."""

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.addresses import kind
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules.scope import single
from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.repeated import index, instances
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.redaction.secret_values import SAID_BY_ID
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import operations
from dicom_cdk.plan.state.chains import blocks_of

Json = dict[str, Any]
_FIELD = re.compile(r"\{([a-z0-9_]+)\}")
_GENERATED = re.compile(r"unique|(?:alnum|digit|hex)\d+")
_KEY = re.compile(r"\[([^\[\]]*(?:\[[^\[\]]*\])?[^\[\]]*)\]")


def written(stack: Stack) -> dict[str, str]:
    """Address with index → the id that its arguments make, "" where only the cloud or a plan knows it. Raises NotAStack."""
    found: dict[str, str] = {}
    for one in module_resources.resources(stack, stated=stated(stack.document), each=True):
        body = single(one.body) or {}
        each = instances(body) if {"for_each", "count"} & body.keys() else {None: Names({})}
        for key, names in ({None: Names({})} if each is None else each).items():
            address = one.address + ("" if key is None else index(key))
            found[address] = of_arguments(one.type, evaluated(body, names))
    return found


def of_arguments(type_: str, arguments: Json) -> str:
    """The id of a resource that its arguments make, by the provider's facts; "" where they do not say it."""
    found = shipped_store().read_back(type_).get("id")
    rule: Json = found if isinstance(found, dict) else {}
    way, _, argument = str(rule.get("like", "")).partition(":")
    text = f"{{{argument}}}" if way == "configured" else str(rule.get("text", ""))
    names = _FIELD.findall(text)
    values = [arguments.get(name) for name in names]
    if not names or "{" in _FIELD.sub("", text) or any(map(_GENERATED.fullmatch, names)):
        return ""
    if not all(isinstance(one, str) and one and "${" not in one for one in values):
        return ""
    given = iter(values)
    return _FIELD.sub(lambda _: str(next(given)), text)


def imports(stack: Stack) -> dict[str, str]:
    """Address → id of what `import` blocks name, by instance where the files say which there are.

    "" for an id that is not known, or is a secret. Raises NotAStack.
    """
    names = Decided(stated(stack.document))
    return dict(_imports(operations.of_stack(stack), names))


def _imports(blocks: Json, names: Decided) -> Iterator[tuple[str, str]]:
    for one in blocks_of(blocks, "import"):
        for own in _each(evaluated(one["for_each"], names)) if "for_each" in one else (Names({}),):
            address = _KEY.sub(functools.partial(_keyed, own=own), str(one.get("to")))
            known = evaluated(evaluated(one.get("id"), own), names)
            said = isinstance(known, str | int) and "${" not in str(known) and kind(address) not in SAID_BY_ID
            yield address, str(known) if said else ""


def _each(each: Any) -> Iterator[Names]:
    """What each instance of a block calls its own; nothing where only a plan knows which there are."""
    if isinstance(each, dict):
        yield from (Names({("each", "key"): key, ("each", "value"): value}) for key, value in each.items())
    elif isinstance(each, list):
        yield from (Names({("each", "key"): value, ("each", "value"): value}) for value in each)
    else:
        yield Names({})


def _keyed(written: re.Match[str], own: Names) -> str:
    """An index of an address as it comes to; as it is written where only a plan knows."""
    expression = written[1]
    if re.fullmatch(r'"(?:[^"\\]|\\.)*"|\d+', expression):
        return f"[{expression}]"
    found = evaluated(f"${{{expression}}}", own)
    if isinstance(found, str) and "${" not in found:
        return index(found)
    return f"[{json.dumps(found)}]" if isinstance(found, int) and not isinstance(found, bool) else f"[{expression}]"
