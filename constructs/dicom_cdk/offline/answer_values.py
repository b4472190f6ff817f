"""Values of an answers file: read as the provider's schema types them, and made up to fit it."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.store import Json

PLAUSIBLE = (
    (r"(^|_)(zone|zone_id|availability_zone)$", "cn-shanghai-{letter}"),
    (r"(^|_)region(_id)?$", "cn-shanghai"),
    (r"ipv6_cidr", "2001:db8::/64"),
    (r"cidr", "10.0.{number}.0/24"),
    (r"(^|_)ip(_?address)?(es)?$", "10.0.0.{number}"),
    (r"(_at|_time|_date)$", "2024-01-01T00:00:00Z"),
    (r"^account_id$|^owner_id$|_account_id$", "1234567890123456"),
    (r"(^|_)(policy|policy_document|document|json)$", "{{}}"),
    (r"instance_type$", "ecs.g7.large"),
)
"""Attribute name to a text of the form that other arguments ask for; all other texts are made-up-NAME."""
BOOLS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
LETTERS = "lgmnabcdefhijk"


class Misfit(Exception):
    """A value that the schema does not allow, at `line` of its file."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def typed(block: Json, node: Any, where: str) -> Json:
    """The map of a YAML node, its values as `block` types them. Raises Misfit."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise Misfit(_line(node), f"{where}: got {_kind(node)}, allowed is a map")
    attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
    found: Json = {}
    for key, part in node.value:
        name = str(key.value)
        below = f"{where}.{name}"
        if name in found:
            raise Misfit(_line(key), f"{below}: written twice; keep one of them")
        if name in attributes:
            found[name] = _value(attributes[name]["type"], part, below)
        elif name in blocks:
            many = part.value if isinstance(part, yaml.SequenceNode) else None
            if blocks[name]["nesting_mode"] == "single":
                found[name] = typed(blocks[name]["block"], part, below)
            elif many is None:
                raise Misfit(_line(part), f"{below}: got {_kind(part)}, allowed is a list of maps")
            else:
                found[name] = [typed(blocks[name]["block"], one, f"{below}[{at}]") for at, one in enumerate(many)]
        else:
            near = difflib.get_close_matches(name, [*attributes, *blocks], 1)
            hint = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(sorted({*attributes, *blocks}))}"
            raise Misfit(_line(key), f"{below}: no such attribute; {hint}")
    return found


def _value(kind: Any, node: Any, where: str) -> Any:
    import yaml

    if node.tag == "tag:yaml.org,2002:null":
        return None
    if isinstance(kind, str):
        if kind == "dynamic":
            return _plain(node, where)
        if not isinstance(node, yaml.ScalarNode):
            raise Misfit(_line(node), f"{where}: got {_kind(node)}, allowed is {allowed(kind)}")
        return _scalar(kind, node, where)
    outer, inner = kind
    if outer in ("list", "set", "tuple"):
        if not isinstance(node, yaml.SequenceNode):
            raise Misfit(_line(node), f"{where}: got {_kind(node)}, allowed is {allowed(kind)}")
        return [_value(inner, part, f"{where}[{at}]") for at, part in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        raise Misfit(_line(node), f"{where}: got {_kind(node)}, allowed is {allowed(kind)}")
    if outer == "map":
        return {str(key.value): _value(inner, part, f"{where}.{key.value}") for key, part in node.value}
    found = {}
    for key, part in node.value:
        if key.value not in inner:
            near = difflib.get_close_matches(str(key.value), list(inner), 1)
            hint = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(sorted(inner))}"
            raise Misfit(_line(key), f"{where}.{key.value}: no such attribute; {hint}")
        found[str(key.value)] = _value(inner[key.value], part, f"{where}.{key.value}")
    return found


def _scalar(kind: str, node: Any, where: str) -> Any:
    text = str(node.value)
    if kind == "string":
        return text
    # What YAML takes for one, too: yes and on.
    word = BOOLS.get(text.lower(), "") if node.tag == "tag:yaml.org,2002:bool" else text.lower()
    if kind == "bool" and word in ("true", "false"):
        return word == "true"
    if kind == "number" and re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text):
        return float(text)
    raise Misfit(_line(node), f"{where}: got {text!r}, allowed is {allowed(kind)}")


def _plain(node: Any, where: str) -> Any:
    import yaml

    try:
        return yaml.SafeLoader("").construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Misfit(_line(node), f"{where}: cannot be read; write plain texts, numbers, lists and maps") from None


@dataclass(frozen=True)
class Reads:
    """What a program reads of made-up values: what is read has to be there, and to fit where it goes."""

    least: int = 1
    """Elements of every list."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Elements of a list by its name, where it has more."""
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Keys of a map by its name."""
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """By data source and attribute, where another than a made-up text is taken."""
    zones: Sequence[str] = ()
    """Zones that the program names itself."""


def fitting(block: Json, given: Mapping[str, Any], reads: Reads | None = None, kind: str = "") -> Json:
    """Made-up values for what a data source of `kind` computes."""
    found: Json = {}
    made = _Making(reads or Reads(), kind)
    for name, facts in sorted(block.get("attributes", {}).items()):
        if facts.get("computed") and name not in given and name != "id" and not facts.get("deprecated"):
            found[name] = made.value(facts["type"], name, 0)
    return found


@dataclass(frozen=True)
class _Making:
    reads: Reads
    source: str

    def value(self, kind: Any, name: str, at: int) -> Any:
        if isinstance(kind, str):
            return {"string": self.text(name, at), "number": self.number(name), "bool": False}.get(kind)
        outer, inner = kind
        if outer in ("list", "set"):
            size = max(self.reads.least, self.reads.sizes.get(name, 1))
            return [self.value(inner, name.removesuffix("s"), one) for one in range(size)]
        if outer == "object":
            return {key: self.value(part, key, at) for key, part in sorted(inner.items())}
        return {key: self.value(inner, key, at) for key in self.reads.keys.get(name, ())}

    def number(self, name: str) -> int:
        said = self.reads.texts.get((self.source, name), "1")
        return int(said) if said.isdigit() else 1

    def text(self, name: str, at: int) -> str:
        for read in (name, f"{name}s"):
            if (self.source, read) in self.reads.texts:
                return self.reads.texts[self.source, read]
        for pattern, text in PLAUSIBLE:
            if re.search(pattern, name):
                if "{letter}" in text and at < len(self.reads.zones):
                    return self.reads.zones[at]
                return text.format(letter=LETTERS[at % len(LETTERS)], number=at + 1)
        if name == "status":
            return "Available"
        return f"made-up-{name.replace('_', '-')}{f'-{at + 1}' if at else ''}"


def allowed(kind: Any) -> str:
    """A type of the schema in words."""
    if isinstance(kind, str):
        return {"string": "a text", "number": "a number", "bool": "true or false"}.get(kind, "any value")
    outer, inner = kind
    if outer == "object":
        return "a map of " + ", ".join(sorted(inner))
    inside = {"string": "texts", "number": "numbers", "bool": "true or false"}
    below = inside.get(inner, allowed(inner)) if isinstance(inner, str) else allowed(inner).replace("a map", "maps")
    return f"a {'map' if outer == 'map' else 'list'} of {below}"


def _kind(node: Any) -> str:
    kind = {"ScalarNode": "", "SequenceNode": "a list", "MappingNode": "a map"}[type(node).__name__]
    return kind or repr(str(node.value))


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
