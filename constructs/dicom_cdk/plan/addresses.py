"""Resource addresses as Terraform writes them: with modules, and with indexes that may hold any text."""

import re

_INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^]"]*)\]')


def plain(address: str) -> str:
    """Without the indexes of for_each and count."""
    return _INDEX.sub("", address)


def kind(address: str) -> str:
    """The resource type, such as alicloud_vpc; "" for the address of a module."""
    parts = plain(address).split(".")
    while len(parts) >= 2 and parts[0] == "module":
        parts = parts[2:]
    return parts[0] if parts else ""
