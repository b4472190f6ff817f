"""Suggests the rule that a suppressing function is, in the language of suppress.json, where its shape is a known one.

Known are returns and ifs over comparisons of the two texts, of arguments and of constants, joined by `&&`, `||` and `!`, and
calls of other such functions. A suggestion is read by a person before it becomes a rule: it proves nothing.

Over 200 lines: one translation, a method for each form.
"""

from collections.abc import Container
from typing import Any

from tree_sitter import Node

from provider.derive.evaluate import Evaluator
from provider.derive.expressions import Frame, listed
from provider.derive.golang import Checkout, part, text
from provider.derive.language import PLAIN_TYPES
from provider.derive.predicates import (
    CALLS,
    FALSE,
    FUNCTIONS,
    TRUE,
    Constant,
    Data,
    Id,
    NotKnown,
    Rule,
    as_predicate,
    both,
    choice,
    negated,
    same,
    within,
)
from provider.derive.values import Call, Function, Opaque, Scope

DEEPEST = 10
PARAMETERS = 4
"""Of a suppressing function: key, old text, new text, the resource's data."""


class Suggestions:
    """Of one checkout's functions."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._evaluator = Evaluator(checkout)
        self._depth = 0

    def of(self, function: Function, there: Container[str] | None = None) -> Rule | None:
        """The predicate that is true where the difference is suppressed; None where the shape is not known.

        `there`: the type's arguments; one that it lacks is never set, as functions shared by many types ask for some.
        """
        try:
            found = self._of(function)
        except (NotKnown, AssertionError):
            return None
        return found if there is None else within(found, there)

    def _of(self, function: Function) -> Rule:
        names = [
            text(name)
            for one in part(function.node, "parameters").named_children
            for name in one.children_by_field_name("name")
        ]
        if len(names) != PARAMETERS or self._depth > DEEPEST:
            raise NotKnown
        known = {names[1]: "$old", names[2]: "$new", names[3]: Data()}
        self._depth += 1
        try:
            return _Body(self, function, known).block(_statements(part(function.node, "body")))
        finally:
            self._depth -= 1

    def constant(self, node: Node, function: Function) -> Any:
        """Of an expression that needs no running. Raises NotKnown."""
        found = self._evaluator.value(node, Frame(Scope(), function))
        if isinstance(found, Opaque | Call | Function) or found is None:
            raise NotKnown
        return found

    def called(self, name: str, package: str) -> Rule:
        """The rule of another function that is asked in the same words. Raises NotKnown."""
        declared = self._checkout.functions.get((package, name))
        if declared is None:
            raise NotKnown
        return self._of(self._evaluator.named(declared))

    def is_type(self, name: str, package: str) -> bool:
        """Whether a call by that name only converts."""
        return name in PLAIN_TYPES or (package, name) in self._checkout.types


class _Body:
    def __init__(self, suggestions: Suggestions, function: Function, names: dict[str, Any]) -> None:
        self._suggestions, self._function, self._names = suggestions, function, names

    def block(self, statements: list[Node]) -> Rule:
        if not statements:
            raise NotKnown
        first, rest = statements[0], statements[1:]
        if first.type == "return_statement":
            return self._predicate(listed(first.named_children[0])[0])
        if first.type == "short_var_declaration":
            self._learn(first)
            return self.block(rest)
        if first.type != "if_statement":
            raise NotKnown
        before = dict(self._names)
        initializer = first.child_by_field_name("initializer")
        if initializer is not None:
            self._learn(initializer)
        condition = self._predicate(part(first, "condition"))
        # What follows an `if` counts where its block does not return.
        then = self.block([*_statements(part(first, "consequence")), *rest])
        otherwise = first.child_by_field_name("alternative")
        self._names = before
        after = [otherwise] if otherwise is not None and otherwise.type == "if_statement" else _statements(otherwise)
        return choice(condition, then, self.block([*after, *rest]))

    def _learn(self, node: Node) -> None:
        if node.type != "short_var_declaration":
            raise NotKnown
        names, values = listed(part(node, "left")), listed(part(node, "right"))
        if len(names) == 2 and len(values) == 1 and values[0].type == "call_expression":
            attribute = self._method(values[0], ("GetOk", "GetOkExists"))
            self._names[text(names[0])] = {"get": attribute}
            self._names[text(names[1])] = {"set": attribute}
        elif len(names) == len(values):
            for name, value in zip(names, values, strict=True):
                self._names[text(name)] = self._either(value)
        else:
            raise NotKnown

    def _either(self, node: Node) -> Any:
        try:
            return self._value(node)
        except NotKnown:
            return self._predicate(node)

    def _method(self, node: Node, allowed: tuple[str, ...]) -> str:
        """The attribute that a method of the data is asked for."""
        called = part(node, "function")
        if called.type != "selector_expression" or text(part(called, "field")) not in allowed:
            raise NotKnown
        if not isinstance(self._names.get(text(part(called, "operand"))), Data):
            raise NotKnown
        (argument,) = part(node, "arguments").named_children
        found = self._suggestions.constant(argument, self._function)
        if not isinstance(found, str):
            raise NotKnown
        return found

    # Predicates.

    def _predicate(self, node: Node) -> Rule:
        kind = node.type
        if kind in ("true", "false"):
            return TRUE if kind == "true" else FALSE
        if kind == "parenthesized_expression":
            return self._predicate(node.named_children[0])
        if kind == "unary_expression" and text(part(node, "operator")) == "!":
            return negated(self._predicate(part(node, "operand")))
        if kind == "binary_expression":
            return self._binary(node)
        if kind == "identifier":
            return as_predicate(self._names.get(text(node)))
        if kind == "call_expression":
            return self._asked(node)
        return as_predicate(self._value(node))

    def _binary(self, node: Node) -> Rule:
        sign, left, right = text(part(node, "operator")), part(node, "left"), part(node, "right")
        if sign == "&&":
            return both(self._predicate(left), self._predicate(right))
        if sign == "||":
            return negated(both(negated(self._predicate(left)), negated(self._predicate(right))))
        if sign in ("==", "!="):
            equal = same(self._value(left), self._value(right))
            return equal if sign == "==" else negated(equal)
        if sign == ">":
            return {"gt": [self._value(left), self._suggestions.constant(right, self._function)]}
        raise NotKnown

    def _asked(self, node: Node) -> Rule:
        name = text(part(node, "function"))
        arguments = part(node, "arguments").named_children
        if name == "strings.EqualFold":
            return same(*({"lower": self._value(one)} for one in arguments))
        method = name.rpartition(".")[2]
        if method == "IsNewResource":
            return {"create": True}
        if method == "HasChange":
            return {"changed": self._method(node, ("HasChange",))}
        if len(arguments) == PARAMETERS and [self._names.get(text(one)) for one in arguments[1:3]] == ["$old", "$new"]:
            return self._suggestions.called(name, self._function.package)
        return as_predicate(self._value(node))

    # Values.

    def _value(self, node: Node) -> Any:
        kind = node.type
        if kind in ("parenthesized_expression", "type_assertion_expression"):
            return self._value(node.named_children[0])
        if kind == "identifier" and text(node) in self._names:
            found = self._names[text(node)]
            if isinstance(found, dict) and "get" not in found and not FUNCTIONS & found.keys():
                raise NotKnown
            return found
        if kind == "call_expression":
            return self._computed(node)
        return Constant(self._suggestions.constant(node, self._function))

    def _computed(self, node: Node) -> Any:
        name = text(part(node, "function"))
        arguments = part(node, "arguments").named_children
        if name in CALLS and len(arguments) == 1:
            value = self._value(arguments[0])
            return Constant(str(value.value).lower()) if isinstance(value, Constant) else {CALLS[name]: value}
        if self._suggestions.is_type(name, self._function.package) and len(arguments) == 1:
            return self._value(arguments[0])
        method = name.rpartition(".")[2]
        if method == "Id" and isinstance(self._names.get(name.rpartition(".")[0]), Data):
            return Id()
        return {"get": self._method(node, ("Get",))}


def _statements(block: Node | None) -> list[Node]:
    if block is None:
        return []
    return [each for one in _told(block) for each in (_told(one) if one.type == "statement_list" else [one])]


def _told(node: Node) -> list[Node]:
    return [one for one in node.named_children if one.type != "comment"]
