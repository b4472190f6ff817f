"""Names in the output: readable addresses, a provider's version, moves."""

import re
import string
from collections.abc import Iterator, Mapping
from typing import Any

from cdktf import TerraformStack

RANDOM_VERSION = "~> 3.7"
_WORD = f"{string.ascii_letters}{string.digits}_-"
_HASH = re.compile(r"_[0-9A-F]{8}(?![A-Za-z0-9_-])")
"""How a name ends that cdktf makes: the construct's path before it. Payloads in base64, most of a stack, hold no underscore."""


def readable(path: str) -> str:
    """The name of a construct in addresses: ``dicom-sh/network/vpc`` is ``network_vpc``. No id holds an underscore: no clash."""
    return "_".join(path.split("/")[1:])


def with_readable_names(text: str, stack: Mapping[str, Any]) -> str:
    """`text`, the JSON of `stack`, with readable names wherever cdktf's hashed ones stand.

    Here rather than in the stack's allocateLogicalId: a call from Node back into Python for each element is a tenth of the whole.
    """
    names = {name: readable(path) for name, path in _paths(stack)}
    parts, done = [], 0
    for ending in _HASH.finditer(text):
        before = text[done : ending.start()]
        start = len(before.rstrip(_WORD))
        name = before[start:] + ending[0]
        parts += [before[:start], names.get(name, name)]
        done = ending.end()
    return "".join([*parts, text[done:]])


def refuse_clashes(name: str, stack: Mapping[str, Any]) -> None:
    """Raises ValueError where two constructs of a stack would get one name; ours hold no underscore, other people's may."""
    seen: dict[str, str] = {}
    for _, path in _paths(stack):
        other = seen.setdefault(readable(path), path)
        if other != path:
            raise ValueError(
                f"stack {name}: {other} and {path} would both be {readable(path)}; give one of them an id without underscore"
            )


def _paths(stack: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """cdktf's name and construct path of every resource and data source."""
    for section in ("resource", "data"):
        for named in stack.get(section, {}).values():
            for name, body in named.items():
                yield name, body["//"]["metadata"]["path"]


def pin_random(stack: TerraformStack) -> None:
    """The bindings of hashicorp/random ask for exactly the version they were made from; later ones of its line do as well."""
    stack.add_override("terraform.required_providers.random.version", RANDOM_VERSION)


def write_moves(stack: TerraformStack, moved: Mapping[str, str]) -> None:
    """Renamed resources, so that Terraform moves them in the state instead of replacing them."""
    if moved:
        stack.add_override("moved", [{"from": old, "to": new} for old, new in sorted(moved.items())])
