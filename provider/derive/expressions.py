"""Values of Go's expressions, as far as schemas are made of them.

What is called outside of the provider's packages stays a `Call` or `Opaque`: its meaning is decided where it is used.

Over 200 lines: the expressions of one language, a method for each form.
"""

from typing import Any

from tree_sitter import Node

from provider.derive.golang import Checkout, Declared, part, text
from provider.derive.language import BUILT_IN, CONSTANTS, FOREIGN, OPERATORS, PLAIN_TYPES, converted, unquoted
from provider.derive.values import Call, Function, Opaque, Scope, Struct


class Frame:
    """Where an expression stands: names in sight, and the function whose text it is."""

    def __init__(self, scope: Scope, function: Function) -> None:
        self.scope, self.function = scope, function

    def inner(self) -> "Frame":
        return Frame(Scope(outer=self.scope), self.function)

    def place(self, node: Node) -> str:
        return f"{self.function.place.partition(':')[0]}:{node.start_point.row + 1}"


class Expressions:
    """Values of one checkout's expressions."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self._constants: dict[tuple[str, str], Any] = {}
        self._ordinals: dict[int, dict[tuple[int, int], int]] = {}

    def tried(self, function: Function, arguments: tuple[Any, ...], node: Node, frame: "Frame") -> Any:
        """What a function of the provider returns. Statements are `evaluate`'s part."""
        raise NotImplementedError

    def named(self, declared: Declared) -> Function:
        """A declared function as a value."""
        return Function(declared.name, declared.package, declared.node, declared.place)

    def value(self, node: Node, frame: "Frame") -> Any:
        """The value of an expression."""
        kind = node.type
        if kind == "interpreted_string_literal":
            return unquoted(text(node))
        if kind == "raw_string_literal":
            return text(node)[1:-1]
        if kind == "int_literal":
            return int(text(node).replace("_", ""), 0)
        if kind == "float_literal":
            return float(text(node))
        if kind in ("true", "false", "nil"):
            return {"true": True, "false": False, "nil": None}[kind]
        found = getattr(self, f"_{kind}", None)
        return found(node, frame) if found else Opaque(text(node), frame.place(node))

    def _parenthesized_expression(self, node: Node, frame: "Frame") -> Any:
        return self.value(node.named_children[0], frame)

    def _literal_element(self, node: Node, frame: "Frame") -> Any:
        return self.value(node.named_children[0], frame)

    def _identifier(self, node: Node, frame: "Frame") -> Any:
        name = text(node)
        holder = frame.scope.holder(name)
        if holder is not None:
            return holder.names[name]
        return self._of_package(frame.function.package, name, frame, node)

    def _of_package(self, package: str, name: str, frame: "Frame", node: Node) -> Any:
        if (package, name) in self.checkout.functions:
            return self.named(self.checkout.functions[package, name])
        declared = self.checkout.values.get((package, name))
        if declared is None:
            return Opaque(name, frame.place(node))
        if (package, name) not in self._constants:
            around = Function("glob.", package, declared.node, declared.place)
            scope = Scope({"iota": declared.iota})
            self._constants[package, name] = self.value(declared.node, Frame(scope, around))
        return self._constants[package, name]

    def _selector_expression(self, node: Node, frame: "Frame") -> Any:
        operand, name = part(node, "operand"), text(part(node, "field"))
        if operand.type == "identifier" and frame.scope.holder(text(operand)) is None:
            whole = f"{text(operand)}.{name}"
            if whole in CONSTANTS or whole in FOREIGN:
                return CONSTANTS.get(whole, FOREIGN.get(whole))
            package = text(operand)
            if (package, name) in self.checkout.values or (package, name) in self.checkout.functions:
                return self._of_package(package, name, frame, node)
        owner = self.value(operand, frame)
        if isinstance(owner, Struct):
            return owner[name]
        return Opaque(text(node), frame.place(node))

    def _index_expression(self, node: Node, frame: "Frame") -> Any:
        owner, key = self.value(part(node, "operand"), frame), self.value(part(node, "index"), frame)
        if isinstance(owner, dict):
            return owner.get(key)
        return owner[key] if isinstance(owner, list) else Opaque(text(node), frame.place(node))

    def _unary_expression(self, node: Node, frame: "Frame") -> Any:
        value = self.value(part(node, "operand"), frame)
        sign = text(part(node, "operator"))
        if sign == "-" and isinstance(value, int | float):
            return -value
        if sign == "!" and isinstance(value, bool):
            return not value
        return value

    def _binary_expression(self, node: Node, frame: "Frame") -> Any:
        sign = text(part(node, "operator"))
        left = self.value(part(node, "left"), frame)
        if sign in ("&&", "||"):
            return self.value(part(node, "right"), frame) if bool(left) == (sign == "&&") else left
        right = self.value(part(node, "right"), frame)
        if isinstance(left, Opaque | Call) or isinstance(right, Opaque | Call):
            return Opaque(text(node), frame.place(node))
        if sign == "/":
            return left // right if isinstance(left, int) and isinstance(right, int) else left / right
        return OPERATORS[sign](left, right)

    def _func_literal(self, node: Node, frame: "Frame") -> Function:
        return Function(self._name(node), frame.function.package, node, frame.place(node), frame.scope)

    def _name(self, node: Node) -> str:
        around = node.parent
        while around is not None and around.type not in ("func_literal", "function_declaration", "method_declaration"):
            around = around.parent
        if around is None:
            return "glob..func"
        if around.id not in self._ordinals:
            self._ordinals[around.id] = {
                (one.start_byte, one.end_byte): at for at, one in enumerate(_own_literals(around), 1)
            }
        number = self._ordinals[around.id][node.start_byte, node.end_byte]
        if around.type == "func_literal":
            return f"{self._name(around)}.{number}"
        return f"{text(part(around, 'name'))}.func{number}"

    def _composite_literal(self, node: Node, frame: "Frame") -> Any:
        return self._literal(part(node, "body"), text(part(node, "type")), frame)

    def _literal(self, body: Node, kind: str, frame: "Frame") -> Any:
        kind = kind.lstrip("*&")
        elements = [one for one in body.named_children if one.type != "comment"]
        if kind.startswith("["):
            inner = kind[kind.index("]") + 1 :]
            return [self._element(one, inner, frame) for one in elements]
        if kind.startswith("map["):
            inner = kind[kind.index("]") + 1 :]
            pairs = [[child for child in one.named_children if child.type != "comment"] for one in elements]
            return {self._element(pair[0], "", frame): self._element(pair[-1], inner, frame) for pair in pairs}
        fields = {}
        for one in elements:
            if one.type == "keyed_element":
                pair = [child for child in one.named_children if child.type != "comment"]
                fields[text(pair[0])] = self._element(pair[-1], "", frame)
        return Struct(kind, fields, frame.place(body))

    def _element(self, node: Node, kind: str, frame: "Frame") -> Any:
        inner = node.named_children[0] if node.type == "literal_element" else node
        if inner.type == "literal_value":
            return self._literal(inner, kind, frame)
        return self.value(inner, frame)

    def _type_conversion_expression(self, node: Node, frame: "Frame") -> Any:
        return self.value(part(node, "operand"), frame)

    def _call_expression(self, node: Node, frame: "Frame") -> Any:
        called, listed = part(node, "function"), part(node, "arguments")
        name = text(called)
        arguments: list[Any] = []
        for one in listed.named_children:
            if one.type == "variadic_argument":
                arguments.extend(self.value(one.named_children[0], frame))
            elif one.type != "comment":
                arguments.append(self.value(one, frame) if not one.type.endswith("_type") else text(one))
        if name in BUILT_IN:
            try:
                return BUILT_IN[name](arguments)
            except (TypeError, ValueError, AttributeError, IndexError):
                return Opaque(text(node), frame.place(node))
        if name in PLAIN_TYPES or name == "time.Duration" or self._is_type(name, frame):
            return converted(name, arguments[0])
        function = self.value(called, frame)
        # What makes a check is told by its name and arguments, not by running it.
        if isinstance(function, Function) and not _makes_check(function):
            return self.tried(function, tuple(arguments), node, frame)
        known = function.name if isinstance(function, Function) else name
        return Call(known, tuple(arguments), frame.place(node))

    def _is_type(self, name: str, frame: "Frame") -> bool:
        package, _, last = name.rpartition(".")
        return (package or frame.function.package, last) in self.checkout.types


def _makes_check(function: Function) -> bool:
    result = function.node.child_by_field_name("result")
    return result is not None and text(result) in (
        "schema.SchemaValidateFunc",
        "func(interface{}, string) ([]string, []error)",
    )


def _own_literals(around: Node) -> list[Node]:
    """Function literals in a function, not those inside another literal of it."""
    found, stack = [], list(reversed(around.children))
    while stack:
        one = stack.pop()
        if one.type == "func_literal":
            found.append(one)
        else:
            stack.extend(reversed(one.children))
    return found


def listed(node: Node) -> list[Node]:
    return [one for one in node.named_children if one.type != "comment"] if node.type == "expression_list" else [node]
