"""What an expression can be, form by form."""

from collections.abc import Iterable

from tree_sitter import Node

from provider.derive.abstract import UNKNOWN, Keys, Members, Names, Typed, Value, either, joined, members, texts, typed
from provider.derive.branches import Branches
from provider.derive.golang import Checkout, Declared, part, text
from provider.derive.language import unquoted
from provider.derive.reached import Reached, Run, elements, kind_of
from provider.derive.requests import LIBRARIES

CLIENT = "AliyunClient"


class Forms(Branches):
    """Expressions other than calls. `methods`: by type and name."""

    checkout: Checkout
    missing: set[str]
    """Types that are used and declared nowhere: files are not there."""
    methods: dict[tuple[str, str], Declared]

    def parameters(self, node: Node, arguments: Iterable[Value], names: Names, run: Run) -> None:
        """Parameters become names with what was given for them, else with their types."""
        raise NotImplementedError

    def reach(self, declared: Declared, arguments: tuple[Value, ...], receiver: Value, run: Run) -> Reached:
        """Walk another function; its calls are noted in `run`."""
        raise NotImplementedError

    def constant(self, package: str, name: str) -> Value:
        """What a constant or variable at the top of a package can be."""
        raise NotImplementedError

    def value(self, node: Node, names: Names, run: Run) -> Value:
        kind = node.type
        if kind == "interpreted_string_literal":
            return frozenset({unquoted(text(node))})
        if kind == "raw_string_literal":
            return frozenset({text(node)[1:-1]})
        found = getattr(self, f"_{kind}", None)
        if found is not None:
            value: Value = found(node, names, run)
            return value
        for one in node.named_children:
            self.value(one, names, run)
        return UNKNOWN

    def _identifier(self, node: Node, names: Names, run: Run) -> Value:
        name = text(node)
        found = names.get(name)
        if found is None and (run.package, name) in self.checkout.functions:
            # Handed on as a value, it may be called there.
            self.reach(self.checkout.functions[run.package, name], (), UNKNOWN, run)
        return found if found is not None else self.constant(run.package, name)

    def _parenthesized_expression(self, node: Node, names: Names, run: Run) -> Value:
        return self.value(node.named_children[0], names, run)

    def _literal_element(self, node: Node, names: Names, run: Run) -> Value:
        return self.value(node.named_children[0], names, run)

    def _unary_expression(self, node: Node, names: Names, run: Run) -> Value:
        return self.value(part(node, "operand"), names, run)

    def _binary_expression(self, node: Node, names: Names, run: Run) -> Value:
        sides = [self.value(part(node, one), names, run) for one in ("left", "right")]
        if text(part(node, "operator")) == "+" and any(texts(one) for one in sides):
            return joined(sides)
        return UNKNOWN

    def _type_assertion_expression(self, node: Node, names: Names, run: Run) -> Value:
        value = self.value(part(node, "operand"), names, run)
        return value or self.typed_as(part(node, "type"), run)

    def _type_conversion_expression(self, node: Node, names: Names, run: Run) -> Value:
        return self.value(part(node, "operand"), names, run)

    def _index_expression(self, node: Node, names: Names, run: Run) -> Value:
        self.value(part(node, "index"), names, run)
        return members(self.value(part(node, "operand"), names, run))

    def _selector_expression(self, node: Node, names: Names, run: Run) -> Value:
        operand, name = part(node, "operand"), text(part(node, "field"))
        if operand.type == "identifier" and names.get(text(operand)) is None and text(operand) in run.imports:
            return self.constant(text(operand), name)
        value = self.value(operand, names, run)
        for one in typed(value):
            fields = LIBRARIES.get(f"{one.package}.{one.name}", {}).get("fields", {})
            if name in fields:
                return kind_of(fields[name])
            if not one.package and (one.name, name) in self.methods:
                self.reach(self.methods[one.name, name], (), frozenset({one}), run)
        return frozenset({Typed(CLIENT)}) if name == "client" else members(value)

    def _composite_literal(self, node: Node, names: Names, run: Run) -> Value:
        kind, body = part(node, "type"), part(node, "body")
        values = [self.value(one, names, run) for one in elements(body)]
        if kind.type in ("slice_type", "array_type", "map_type", "implicit_length_array_type"):
            written = [one.named_children[0] for one in body.named_children if one.type == "keyed_element"]
            return frozenset({Members(either(values)), Keys(either(self.value(one, names, run) for one in written))})
        local = names.get(text(kind)) is not None
        if kind.type == "type_identifier" and not local and (run.package, text(kind)) not in self.checkout.types:
            self.missing.add(text(kind))
        return self.typed_as(kind, run)

    def _literal_value(self, node: Node, names: Names, run: Run) -> Value:
        return frozenset({Members(either(self.value(one, names, run) for one in elements(node)))})

    def _func_literal(self, node: Node, names: Names, run: Run) -> Value:
        inner = names.inner()
        self.parameters(part(node, "parameters"), (), inner, run)
        before = names.copy()
        run.closures += 1
        self.block(part(node, "body"), inner, run)
        run.closures -= 1
        names.become([before, names.copy()])
        return UNKNOWN
