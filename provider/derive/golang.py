"""A checkout of the provider as parsed Go: which function and which constant stands where.

Only what packages declare at their top is read; bodies are looked at by whoever needs one (`evaluate`, `functions`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import tree_sitter_go
from tree_sitter import Language, Node, Parser

PACKAGE = "alicloud"
"""The folder and package of the provider's own code."""
MODULE = "github.com/aliyun/terraform-provider-alicloud"


class NotTheProvider(Exception):
    """The folder is no checkout of the provider, or only a part of one; the text says what is missing."""


def text(node: Node) -> str:
    """The source text of a node."""
    assert node.text is not None
    return node.text.decode()


def part(node: Node, name: str) -> Node:
    """A child that the grammar promises."""
    found = node.child_by_field_name(name)
    assert found is not None, f"{node.type} has no {name}"
    return found


def inside(node: Node) -> Iterator[Node]:
    """All nodes below, in the order of the text."""
    stack = list(reversed(node.children))
    while stack:
        one = stack.pop()
        yield one
        stack.extend(reversed(one.children))


@dataclass(frozen=True)
class Declared:
    """A function, method, constant or variable at the top of a package. `iota`: its place among its constants."""

    package: str
    file: str
    name: str
    node: Node
    iota: int = 0

    @property
    def place(self) -> str:
        return f"{self.file}:{self.node.start_point.row + 1}"


@dataclass
class Checkout:
    """`functions` and `values` by package and name, `methods` by name alone: who receives one is not worked out."""

    root: Path
    functions: dict[tuple[str, str], Declared] = field(default_factory=dict)
    methods: dict[str, list[Declared]] = field(default_factory=dict)
    values: dict[tuple[str, str], Declared] = field(default_factory=dict)
    types: set[tuple[str, str]] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    """Files that the parser could not read to their end."""

    @classmethod
    def read(cls, root: Path) -> "Checkout":
        """Parse all of it but its tests. Raises NotTheProvider."""
        _refuse_others(root)
        found, parser = cls(root), Parser(Language(tree_sitter_go.language()))
        for file in sorted((root / PACKAGE).rglob("*.go")):
            if not file.name.endswith("_test.go"):
                found._take(file, parser)
        missing = [name for name in ("Provider",) if (PACKAGE, name) not in found.functions]
        if missing:
            raise NotTheProvider(
                f"{root}/{PACKAGE}: no function {', '.join(missing)} in its package; half a checkout? get all of it again"
            )
        return found

    @cached_property
    def sdk(self) -> str:
        """The release of the plugin SDK that go.mod asks for."""
        wanted = re.search(r"terraform-plugin-sdk(?:/v2)? v(\S+)", (self.root / "go.mod").read_text(encoding="utf-8"))
        if wanted is None:
            raise NotTheProvider(f"{self.root}/go.mod: asks for no terraform-plugin-sdk; this is another program")
        return wanted[1]

    def _take(self, file: Path, parser: Parser) -> None:
        tree = parser.parse(file.read_bytes())
        where = file.relative_to(self.root).as_posix()
        if tree.root_node.has_error:
            self.broken.append(where)
        package = next((text(one.children[1]) for one in tree.root_node.children if one.type == "package_clause"), "")
        for node in tree.root_node.children:
            if node.type == "function_declaration":
                name = text(part(node, "name"))
                self.functions[package, name] = Declared(package, where, name, node)
            elif node.type == "method_declaration":
                name = text(part(node, "name"))
                self.methods.setdefault(name, []).append(Declared(package, where, name, node))
            elif node.type == "type_declaration":
                specs = [one for one in node.named_children if one.type in ("type_spec", "type_alias")]
                self.types.update((package, text(part(one, "name"))) for one in specs)
            elif node.type in ("const_declaration", "var_declaration"):
                self._take_values(node, package, where)

    def _take_values(self, node: Node, package: str, where: str) -> None:
        specs = [one for one in inside(node) if one.type in ("const_spec", "var_spec")]
        last: Node | None = None
        for iota, spec in enumerate(specs):
            if spec.child_by_field_name("value") is not None:
                last = spec
            if last is None:
                continue
            names = [text(one) for one in spec.children_by_field_name("name") if one.type == "identifier"]
            for at, name in enumerate(names):
                values = [one for one in part(last, "value").children if one.is_named]
                if at < len(values):
                    self.values[package, name] = Declared(package, where, name, values[at], iota)


def _refuse_others(root: Path) -> None:
    module = root / "go.mod"
    if not module.is_file():
        raise NotTheProvider(f"{root}: no go.mod there; SOURCE must be the top of a checkout of {MODULE}")
    named = re.search(r"^module\s+(\S+)", module.read_text(encoding="utf-8"), re.MULTILINE)
    if named is None or named[1] != MODULE:
        got = named[1] if named else "nothing"
        raise NotTheProvider(
            f"{module}: is the module {got}, expected {MODULE}; SOURCE is a checkout of something else"
        )
    if not (root / PACKAGE / "provider.go").is_file():
        raise NotTheProvider(f"{root}/{PACKAGE}/provider.go: not there; half a checkout? get all of it again")
