"""Blocks that `dynamic` makes, where the stack itself says which: policies judge them as if each were written."""

from typing import Any

from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.stack import block

Json = dict[str, Any]
DYNAMIC = "dynamic"
MOST = 1_000
"""Blocks of one `dynamic`; more are left to a plan."""


def written_out(value: Any) -> Any:
    """`value` with the blocks put in; a `dynamic` whose elements only Terraform knows stays."""
    if isinstance(value, list):
        return [written_out(part) for part in value]
    if not isinstance(value, dict):
        return value
    dynamic = value.get(DYNAMIC)
    if not dynamic:
        return {key: written_out(part) for key, part in value.items()}
    found: Json = {key: written_out(part) for key, part in value.items() if key != DYNAMIC}
    left: Json = {}
    for one in dynamic if isinstance(dynamic, list) else [dynamic]:
        for name, said in one.items() if isinstance(one, dict) else ():
            blocks = _blocks(name, block(said))
            if blocks is None:
                left[name] = said
            else:
                there = found.get(name, [])
                found[name] = [*(there if isinstance(there, list) else [there]), *blocks]
    return {**found, DYNAMIC: left} if left else found


def _blocks(name: str, said: Json) -> list[Any] | None:
    each, content = said.get("for_each"), block(said.get("content"))
    if isinstance(each, list):
        pairs = [(one, one) if isinstance(one, str) else (at, one) for at, one in enumerate(each)]
    elif isinstance(each, dict):
        pairs = sorted(each.items())
    else:
        return None
    if len(pairs) > MOST or "${" in "".join(key for key, _ in pairs if isinstance(key, str)):
        return None
    named = str(said.get("iterator") or name).removeprefix("${").removesuffix("}")
    return [
        written_out(evaluated(content, Names({(named, "key"): key, (named, "value"): value}))) for key, value in pairs
    ]
