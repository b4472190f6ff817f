"""The walk over a function's statements with what each name can be: all branches, joined where they meet again."""

from tree_sitter import Node

from provider.derive.abstract import UNKNOWN, Keys, Names, Value, joined, members, texts
from provider.derive.expressions import listed
from provider.derive.golang import inside, part, text
from provider.derive.reached import Run


class Branches:
    """Statements; what an expression can be is `calls`' part."""

    def value(self, node: Node, names: Names, run: Run) -> Value:
        """What an expression can be; the calls in it are noted in `run`."""
        raise NotImplementedError

    def called(self, node: Node, names: Names, run: Run) -> tuple[Value, ...]:
        """What a call gives, result by result."""
        raise NotImplementedError

    def typed_as(self, node: Node, run: Run) -> Value:
        """A value of which only the type is known."""
        raise NotImplementedError

    def block(self, node: Node, names: Names, run: Run) -> bool:
        """Gives whether what follows is reached."""
        return all(self.statement(one, names, run) for one in node.named_children)

    def statement(self, node: Node, names: Names, run: Run) -> bool:
        kind = node.type
        if kind in ("statement_list", "block"):
            return self.block(node, names if kind == "statement_list" else names.inner(), run)
        if kind == "return_statement":
            values = (
                [self.value(one, names, run) for one in listed(node.named_children[0])] if node.named_children else []
            )
            if not run.closures:
                run.gives.append(tuple(values))
            return False
        if kind in ("short_var_declaration", "assignment_statement"):
            self._assign(node, names, run)
        elif kind == "var_declaration":
            self._declare(node, names, run)
        elif kind in ("if_statement", "expression_switch_statement", "type_switch_statement", "select_statement"):
            return self._choice(node, names, run)
        elif kind == "for_statement":
            self._loop(node, names, run)
        elif kind == "type_declaration":
            for spec in (one for one in node.named_children if one.type in ("type_spec", "type_alias")):
                names.declare(text(part(spec, "name")), UNKNOWN)
        elif kind not in ("comment", "empty_statement", "const_declaration"):
            for one in node.named_children:
                if one.type == "labeled_statement" or one.type.endswith("_statement"):
                    self.statement(one, names, run)
                else:
                    self.value(one, names, run)
        return True

    def _assign(self, node: Node, names: Names, run: Run) -> None:
        left, right = listed(part(node, "left")), listed(part(node, "right"))
        values = list(self._many(right, names, run))
        new = node.type == "short_var_declaration"
        added = not new and text(part(node, "operator")) == "+="
        for at, target in enumerate(left):
            value = values[at] if at < len(values) else UNKNOWN
            if target.type != "identifier":
                self._put(target, value, names, run)
            elif added:
                names.assign(text(target), joined([names.get(text(target)) or UNKNOWN, value]))
            elif new:
                names.declare(text(target), value)
            else:
                names.assign(text(target), value)

    def _put(self, target: Node, value: Value, names: Names, run: Run) -> None:
        """What is assigned to a part of something."""
        if target.type == "selector_expression" and text(part(target, "field")) == "ApiName":
            run.named.update(texts(value))
        elif target.type == "index_expression" and part(target, "operand").type == "identifier":
            owner = text(part(target, "operand"))
            key = self.value(part(target, "index"), names, run)
            names.assign(owner, (names.get(owner) or UNKNOWN) | {Keys(key)})
        else:
            self.value(target, names, run)

    def _many(self, nodes: list[Node], names: Names, run: Run) -> tuple[Value, ...]:
        """Values of a list of expressions; one call may give several."""
        if len(nodes) == 1 and nodes[0].type == "call_expression":
            return self.called(nodes[0], names, run)
        return tuple(self.value(one, names, run) for one in nodes)

    def _declare(self, node: Node, names: Names, run: Run) -> None:
        for spec in (one for one in inside(node) if one.type == "var_spec"):
            given, kind = spec.child_by_field_name("value"), spec.child_by_field_name("type")
            values = self._many(listed(given), names, run) if given is not None else ()
            for at, name in enumerate(spec.children_by_field_name("name")):
                value = values[at] if at < len(values) else UNKNOWN
                names.declare(text(name), value or (self.typed_as(kind, run) if kind is not None else UNKNOWN))

    def _choice(self, node: Node, names: Names, run: Run) -> bool:
        inner = names.inner()
        for name in ("initializer", "condition", "value"):
            one = node.child_by_field_name(name)
            if one is not None:
                (self.statement if one.type.endswith(("declaration", "statement")) else self.value)(one, inner, run)
        if node.type == "if_statement":
            bodies = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
            complete = bodies[1] is not None
            cases = [[one] for one in bodies if one is not None]
        else:
            cases = [one.named_children for one in node.named_children if one.type.endswith(("_case", "clause"))]
            complete = any(one.type == "default_case" for one in node.named_children)
        after = [] if complete else [inner.copy()]
        for case in cases:
            branch = inner.copy()
            ends = False
            for one in case:
                if one.type.endswith(("statement", "statement_list", "block", "declaration")):
                    ends = not self.statement(one, branch, run)
                else:
                    self.value(one, branch, run)
            if not ends or node.type != "if_statement":
                after.append(branch)
        if after:
            inner.become(after)
        return bool(after)

    def _loop(self, node: Node, names: Names, run: Run) -> None:
        inner = names.inner()
        for one in node.named_children:
            if one.type == "range_clause":
                many = self.value(part(one, "right"), inner, run)
                left = one.child_by_field_name("left")
                for at, name in enumerate(listed(left) if left is not None else ()):
                    inner.declare(text(name), members(many) if at else UNKNOWN)
            elif one.type == "for_clause":
                for clause in one.named_children:
                    (self.statement if clause.type.endswith(("declaration", "statement")) else self.value)(
                        clause, inner, run
                    )
            elif one.type != "block":
                self.value(one, inner, run)
        # Twice, so that what one round leaves is what the next one finds.
        for _ in range(2):
            round_ = inner.copy()
            self.block(part(node, "body"), round_.inner(), run)
            inner.become([inner.copy(), round_])
