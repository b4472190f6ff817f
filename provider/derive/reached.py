"""What is kept while a function's calls are looked for, and forms of Go that the search asks for."""

import re
from dataclasses import dataclass, field

from tree_sitter import Node

from provider.derive.abstract import UNKNOWN, Typed, Value, either, joined, texts
from provider.derive.golang import inside, part, text

PACKAGES = {"github.com/aliyun/fc-go-sdk": "fc"}
"""Import path to the package's name, where that is not the path's last word."""
SAME = frozenset({"StringPointer", "String", "string", "TrimSpace"})
"""Calls that give their argument."""


@dataclass(frozen=True)
class Reached:
    calls: frozenset[str] = frozenset()
    gives: tuple[Value, ...] = ()


@dataclass
class Run:
    """One function with its arguments. `closures`: how many function literals the walk is in."""

    package: str
    imports: dict[str, str]
    calls: set[str] = field(default_factory=set)
    gives: list[tuple[Value, ...]] = field(default_factory=list)
    closures: int = 0
    named: set[str] = field(default_factory=set)
    """Actions of common requests, and in `asking` the clients that send them."""
    asking: set[str] = field(default_factory=set)


def foreign(name: str, arguments: tuple[Value, ...]) -> Value:
    """What a function of another module gives, as far as texts go."""
    if name == "fmt.Sprintf" and arguments:
        return either(_formatted(one, arguments[1:]) for one in texts(arguments[0]))
    if name == "fmt.Sprint" and len(arguments) == 1:
        return frozenset(texts(arguments[0]))
    if name in ("strings.ToUpper", "strings.ToLower") and arguments:
        return frozenset(getattr(one, name[8:].replace("To", "").lower())() for one in texts(arguments[0]))
    return arguments[0] if name.rpartition(".")[2] in SAME and arguments else UNKNOWN


def _formatted(pattern: str, arguments: tuple[Value, ...]) -> Value:
    parts: list[Value] = []
    given = iter(arguments)
    for at, one in enumerate(re.split(r"%[+#]?[a-z]", pattern)):
        if at:
            parts.append(next(given, UNKNOWN))
        parts.append(frozenset({one}))
    return joined(parts)


def kind_of(told: str) -> Value:
    package, _, name = told.rpartition(".")
    return frozenset({Typed(name, package)})


def elements(node: Node) -> list[Node]:
    found = []
    for one in node.named_children:
        if one.type == "keyed_element":
            found.append([each for each in one.named_children if each.type != "comment"][-1])
        elif one.type == "variadic_argument":
            found.append(one.named_children[0])
        elif one.type != "comment":
            found.append(one)
    return found


def kinds(result: Node) -> list[Node]:
    if result.type != "parameter_list":
        return [result]
    found = []
    for one in result.named_children:
        kind = one.child_by_field_name("type")
        assert kind is not None
        found += [kind] * max(1, len(one.children_by_field_name("name")))
    return found


def imports_of(root: Node) -> dict[str, str]:
    """Name in a file to import path."""
    found: dict[str, str] = {}
    for node in root.named_children:
        if node.type == "import_declaration":
            for spec in (one for one in inside(node) if one.type == "import_spec"):
                path = text(part(spec, "path")).strip('"')
                name = spec.child_by_field_name("name")
                words = [one for one in path.split("/") if not re.fullmatch(r"v[0-9]+", one)]
                found[text(name) if name is not None else PACKAGES.get(path, words[-1])] = path
    return found
