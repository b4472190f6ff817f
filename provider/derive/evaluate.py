"""Works out what functions of the provider return that build schemas: a small part of Go, statement by statement."""

from typing import Any

from tree_sitter import Node

from provider.derive.expressions import Expressions, Frame, listed
from provider.derive.golang import Checkout, inside, part, text
from provider.derive.values import Call, Function, Opaque, Scope, Struct

DEEPEST = 60


class _Returned(Exception):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Unreadable(Exception):
    """A form of Go that is not worked out here, with its place."""


class Evaluator(Expressions):
    """Runs one checkout's functions."""

    def __init__(self, checkout: Checkout) -> None:
        super().__init__(checkout)
        self._depth = 0
        self.unread: list[str] = []
        """Forms that could not be worked out; what hangs on one is `Opaque`."""

    def call(self, package: str, name: str, *arguments: Any) -> Any:
        """What a function at the top of a package returns."""
        return self._run(self.named(self.checkout.functions[package, name]), arguments)

    def _run(self, function: Function, arguments: tuple[Any, ...]) -> Any:
        if self._depth > DEEPEST:
            raise Unreadable(f"{function.place}: {function.name} calls itself without end")
        scope = Scope(outer=function.scope)
        names = [
            text(name)
            for one in part(function.node, "parameters").named_children
            if one.type in ("parameter_declaration", "variadic_parameter_declaration")
            for name in one.children_by_field_name("name")
        ]
        variadic = any(
            one.type == "variadic_parameter_declaration" for one in part(function.node, "parameters").named_children
        )
        given = list(arguments)
        if variadic:
            given = [*given[: len(names) - 1], given[len(names) - 1 :]]
        scope.names.update(zip(names, given, strict=False))
        results = _named_results(function.node)
        scope.names.update(dict.fromkeys(results))
        self._depth += 1
        try:
            self._block(part(function.node, "body"), Frame(scope, function))
        except _Returned as returned:
            if returned.value == () and results:
                return scope.names[results[0]]
            return returned.value
        finally:
            self._depth -= 1
        return None

    def tried(self, function: Function, arguments: tuple[Any, ...], node: Node, frame: "Frame") -> Any:
        try:
            return self._run(function, arguments)
        except (Unreadable, TypeError, KeyError, IndexError, AttributeError) as said:
            why = str(said) if isinstance(said, Unreadable) else f"{function.place}: {type(said).__name__} {said}"
            self.unread.append(f"{frame.place(node)}: {function.name}: {why}")
            return Opaque(text(node), frame.place(node))

    def _block(self, node: Node, frame: "Frame") -> None:
        for one in node.named_children:
            if one.type == "statement_list":
                self._block(one, frame)
            else:
                self._statement(one, frame)

    def _statement(self, node: Node, frame: "Frame") -> None:
        kind = node.type
        if kind == "return_statement":
            values = [self.value(one, frame) for one in listed(node.named_children[0])] if node.named_children else []
            raise _Returned(values[0] if len(values) == 1 else tuple(values))
        if kind in ("short_var_declaration", "assignment_statement"):
            self._assign(node, frame)
        elif kind == "var_declaration":
            for spec in (one for one in inside(node) if one.type == "var_spec"):
                given = spec.child_by_field_name("value")
                for at, name in enumerate(spec.children_by_field_name("name")):
                    values = listed(given) if given is not None else []
                    frame.scope.names[text(name)] = self.value(values[at], frame) if at < len(values) else None
        elif kind == "for_statement":
            self._loop(node, frame)
        elif kind == "if_statement":
            self._choice(node, frame)
        elif kind == "expression_statement":
            self.value(node.named_children[0], frame)
        elif kind == "block":
            self._block(node, frame.inner())
        elif kind not in ("comment", "empty_statement", "const_declaration"):
            raise Unreadable(f"{frame.place(node)}: {kind} in a function that builds a schema")

    def _assign(self, node: Node, frame: "Frame") -> None:
        left, right = listed(part(node, "left")), listed(part(node, "right"))
        values = [self.value(one, frame) for one in right]
        if len(values) == 1 and isinstance(values[0], tuple):
            values = list(values[0])
        how = text(part(node, "operator")) if node.type == "assignment_statement" else ":="
        for at, target in enumerate(left):
            value = values[at] if at < len(values) else Opaque(text(node), frame.place(node))
            if how == "+=":
                value = self.value(target, frame) + value
            self._put(target, value, frame, new=how == ":=")

    def _put(self, target: Node, value: Any, frame: "Frame", *, new: bool) -> None:
        if target.type == "identifier":
            name = text(target)
            holder = None if new else frame.scope.holder(name)
            (holder or frame.scope).names[name] = value
        elif target.type == "index_expression":
            self.value(part(target, "operand"), frame)[self.value(part(target, "index"), frame)] = value
        elif target.type == "selector_expression":
            owner = self.value(part(target, "operand"), frame)
            if isinstance(owner, Struct):
                owner.fields[text(part(target, "field"))] = value
        else:
            raise Unreadable(f"{frame.place(target)}: assignment to {target.type}")

    def _loop(self, node: Node, frame: "Frame") -> None:
        clause = next((one for one in node.named_children if one.type == "range_clause"), None)
        if clause is None:
            raise Unreadable(f"{frame.place(node)}: a loop that is not over a list or map")
        many = self.value(part(clause, "right"), frame)
        pairs = many.items() if isinstance(many, dict) else enumerate(many)
        left = clause.child_by_field_name("left")
        names = [text(one) for one in listed(left)] if left is not None else []
        for pair in list(pairs):
            inner = frame.inner()
            inner.scope.names.update(zip(names, pair, strict=False))
            self._block(part(node, "body"), inner)

    def _choice(self, node: Node, frame: "Frame") -> None:
        inner = frame.inner()
        first = node.child_by_field_name("initializer")
        if first is not None:
            self._statement(first, inner)
        asked = self.value(part(node, "condition"), inner)
        if isinstance(asked, Opaque | Call):
            raise Unreadable(f"{frame.place(node)}: a schema depends on {text(part(node, 'condition'))}")
        chosen = part(node, "consequence") if asked else node.child_by_field_name("alternative")
        if chosen is not None:
            self._statement(chosen, inner)


def _named_results(node: Node) -> list[str]:
    result = node.child_by_field_name("result")
    if result is None or result.type != "parameter_list":
        return []
    return [text(name) for one in result.named_children for name in one.children_by_field_name("name")]
