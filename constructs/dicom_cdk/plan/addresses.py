"""Resource addresses as Terraform writes them: with modules, and with indexes that may hold any text."""

import re

_TEXT = r'"(?:[^"\\]|\\.)*"'
_INDEX = re.compile(rf'\[(?:{_TEXT}|\[(?:{_TEXT}|[^]"])*\]|[^]["])*\]')
_STEP = re.compile(rf"(?:data\.)?[\w-]+\.[\w-]+(?:{_INDEX.pattern})?")


def steps_of(address: str) -> list[str]:
    """Its modules and its resource, such as module.a["x"] and alicloud_vpc.v, each with its index."""
    return _STEP.findall(address)


def plain(address: str) -> str:
    """Without the indexes of for_each and count, also where they are an expression."""
    return _INDEX.sub("", address)


def keyless(address: str) -> str:
    """Without the resource's own index; those of its modules stay."""
    above, last = address[: -len(steps_of(address)[-1])], steps_of(address)[-1]
    return above + plain(last)


def kind(address: str) -> str:
    """The resource type, such as alicloud_vpc; "" for the address of a module."""
    parts = plain(address).split(".")
    while len(parts) >= 2 and parts[0] == "module":
        parts = parts[2:]
    return parts[0] if parts else ""
