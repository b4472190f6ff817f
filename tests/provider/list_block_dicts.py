"""Finds dicts given to list blocks of the bindings: they lose every key of several words without any error (facts: bindings 7).

Reads Python source only. Follows names, attributes of self and functions that the same file defines; what comes from another
file it does not see.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator

from provider.bindings.source import MODULE
from tests.provider.assembly import blocks, camel, types

# Calls that hand on the elements of their argument.
HANDED_ON = ("list", "sorted", "tuple", "reversed")


def findings(source: str, name: str) -> list[str]:
    """One line per dict: file, line, class and argument, and what to write instead; empty if there is none."""
    if MODULE not in source:
        return []  # whoever calls a class of the bindings imports it by that name
    file = _File(ast.parse(source))
    found: list[str] = []
    for call in (node for node in ast.walk(file.tree) if isinstance(node, ast.Call)):
        target = file.binding(call.func)
        if target is not None:
            found += [f"{name}:{line}: {text}" for line, text in file.check(target, list(_keywords(call)))]
    return found


class _File:
    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.classes: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.values: defaultdict[str, list[ast.expr]] = defaultdict(list)
        for node in ast.walk(tree):
            self._remember(node)
        # What has no name that can be followed.
        self.values.pop("", None)

    def _remember(self, node: ast.AST) -> None:
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module == MODULE:
                self.modules |= {each.asname or each.name: camel(each.name) for each in names}
            case ast.ImportFrom(module=str(module), names=names) if module.startswith(f"{MODULE}."):
                place = camel(module.removeprefix(f"{MODULE}."))
                self.classes |= {each.asname or each.name: f"{place}.{each.name}" for each in names}
            case ast.Import(names=names):
                own = (each for each in names if each.name.startswith(f"{MODULE}.") and each.asname)
                self.modules |= {str(each.asname): camel(each.name.removeprefix(f"{MODULE}.")) for each in own}
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self.values[_name(target)].append(value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                self.values[_name(target)].append(value)
            case ast.NamedExpr(target=target, value=value):
                self.values[_name(target)].append(value)
            case ast.Call(func=ast.Attribute(value=owner, attr="append"), args=[value]):
                self.values[_name(owner)].append(ast.List(elts=[value]))
            case ast.Call(func=ast.Attribute(value=owner, attr="extend"), args=[value]):
                self.values[_name(owner)].append(value)
            case ast.FunctionDef(name=function):
                results = (each.value for each in ast.walk(node) if isinstance(each, ast.Return | ast.Yield))
                self.values[f"{function}()"] += [value for value in results if value is not None]

    def binding(self, function: ast.expr) -> str | None:
        """Qualified name of the class of the bindings that is called, or None."""
        match function:
            case ast.Name(id=name):
                found = self.classes.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name) if module in self.modules:
                found = f"{self.modules[module]}.{name}"
            case _:
                found = None
        return found if found in types() else None

    def check(self, target: str, given: list[tuple[str, ast.expr]]) -> Iterator[tuple[int, str]]:
        known = blocks(target)
        for argument, value in given:
            struct, is_list = known.get(camel(argument), ("", False))
            if is_list:
                wanted, called = struct.split(".")[1], target.split(".")[1]
                for dictionary in self.dicts(value, frozenset()):
                    yield (
                        dictionary.lineno,
                        f"{called}({argument}=...) is a list block and gets a dict, "
                        f"whose keys of several words vanish without an error; write {wanted}(...)",
                    )
            elif struct and isinstance(value, ast.Dict):
                yield from self.check(struct, list(_items(value)))

    def dicts(self, value: ast.expr, seen: frozenset[str]) -> Iterator[ast.expr]:
        """Expressions that make a dict which ends up as (an element of) the value."""
        parts: list[ast.expr] = []
        match value:
            case ast.Dict() | ast.DictComp() | ast.Call(func=ast.Name(id="dict")):
                yield value
            case ast.Call(func=ast.Name(id=function), args=args) if function in HANDED_ON:
                parts = args
            case ast.Call(func=function) if (name := f"{_name(function)}()") in self.values.keys() - seen:
                parts, seen = self.values[name], seen | {name}
            case ast.Name() | ast.Attribute() if (name := _name(value)) in self.values.keys() - seen:
                parts, seen = self.values[name], seen | {name}
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.BoolOp(values=elements):
                parts = elements
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.Starred(value=element):
                parts = [element]
            case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
                parts = [one, other]
        for part in parts:
            yield from self.dicts(part, seen)


def _keywords(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value
        elif isinstance(keyword.value, ast.Dict):
            yield from _items(keyword.value)


def _items(dictionary: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    for key, value in zip(dictionary.keys, dictionary.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value, value


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
            return name
        case _:
            return ""
