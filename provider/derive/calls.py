"""Which calls of the cloud a function of the provider can reach: every branch, through all functions and methods that it calls.

Nothing is run: a name stands for the texts that it can be at that place, so that an action that lies in a variable or comes as
an argument is found. A call is told as its product, version and action, or method and path with `{}` for parts that are not
known, as in `Vpc 2016-04-28 CreateVpc`; a method of a client library as library and method.

Over 200 lines: following calls from one function to the next, whatever way they are written.
"""

import re
from collections.abc import Iterable
from functools import cached_property

from tree_sitter import Node

from provider.derive.abstract import UNKNOWN, Members, Names, Typed, Value, either, texts, typed
from provider.derive.forms import Forms
from provider.derive.golang import PACKAGE, Checkout, Declared, part, text
from provider.derive.reached import SAME, Reached, Run, elements, foreign, imports_of, kinds
from provider.derive.requests import LIBRARIES, REQUESTS, ROA, RPC, client_request, endpoint_request, library_call, told

MADE = re.compile(r"New\w*Client")
ASKS = re.compile(
    rb"\b(?:RpcPost|RpcGet|Roa[A-Z]\w*|DoRequest\w*|With\w*Client\w*|WithOssBucketByName|Do|NewClientWithOptions)\("
    rb"|\*\w+\.\w*Client\b"
)
CALLED = re.compile(rb"\b([A-Za-z_]\w*)\b")
SILENT = frozenset({"addDebug"})
"""Functions that take clients only to write about them."""
FOLLOWED = frozenset({"AccountId", "GetCallerIdentity"})
"""Methods of the provider's client that ask the cloud for what a resource needs. The others choose endpoints and keys: calls of the
provider, whatever the type."""


class Calls(Forms):
    """Of one checkout. `unread`: calls whose action could not be told, each with its place."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout, self.methods = checkout, _by_receiver(checkout)
        self._known: dict[tuple[int, tuple[Value, ...]], Reached] = {}
        self._open: set[int] = set()
        self._cut: set[int] = set()
        self.unread: set[str] = set()
        self.missing = set()

    def of(self, package: str, name: str) -> frozenset[str]:
        """Of a function at the top of a package."""
        return self._run(self.checkout.functions[package, name], ()).calls

    def _run(self, declared: Declared, arguments: tuple[Value, ...], receiver: Value = UNKNOWN) -> Reached:
        key = (declared.node.id, (receiver, *arguments))
        if key in self._known:
            return self._known[key]
        if declared.name in SILENT or not self._asks(declared):
            return Reached(gives=self._given(declared, Run(declared.package, self.imports(declared))))
        if declared.node.id in self._open:
            self._cut.add(declared.node.id)
            return Reached()
        self._open.add(declared.node.id)
        run, names = Run(declared.package, self.imports(declared)), Names()
        own = declared.node.child_by_field_name("receiver")
        if own is not None:
            self.parameters(own, (receiver,), names, run)
        self.parameters(part(declared.node, "parameters"), arguments, names, run)
        try:
            self.block(part(declared.node, "body"), names, run)
        finally:
            self._open.discard(declared.node.id)
        run.calls.update(f"{client}{name}" for client in run.asking for name in run.named)
        found = Reached(frozenset(run.calls), self._given(declared, run))
        self._cut.discard(declared.node.id)
        # What was found while a function around it was cut short is not all of it.
        if not self._cut:
            self._known[key] = found
        return found

    def _asks(self, declared: Declared) -> bool:
        """Whether a function can reach a call at all, or gives a text that may name one."""
        result = declared.node.child_by_field_name("result")
        return declared.name in self._asking or (result is not None and "string" in text(result))

    @cached_property
    def _asking(self) -> frozenset[str]:
        """Names of all functions and methods whose text has a call of the cloud, or the name of another such function."""
        declared = [
            *self.checkout.functions.values(),
            *(one for many in self.checkout.methods.values() for one in many),
        ]
        names = {one.name.encode() for one in declared}
        users: dict[bytes, set[bytes]] = {}
        found: set[bytes] = set()
        for one in declared:
            body = part(one.node, "body").text or b""
            if ASKS.search(body) or ASKS.search(part(one.node, "parameters").text or b""):
                found.add(one.name.encode())
            for word in set(CALLED.findall(body)) & names:
                users.setdefault(word, set()).add(one.name.encode())
        left = list(found)
        while left:
            more = users.get(left.pop(), set()) - found
            found |= more
            left += more
        return frozenset(one.decode() for one in found)

    def _given(self, declared: Declared, run: Run) -> tuple[Value, ...]:
        """What a function gives: as its returns say, else as its results are declared."""
        result = declared.node.child_by_field_name("result")
        declared_as = kinds(result) if result is not None else []
        given = []
        for at, kind in enumerate(declared_as):
            values = either(one[at] for one in run.gives if at < len(one))
            given.append(values or self.typed_as(kind, run))
        return tuple(given)

    def parameters(self, node: Node, arguments: Iterable[Value], names: Names, run: Run) -> None:
        given = iter(arguments)
        for one in node.named_children:
            kind = one.child_by_field_name("type")
            for name in one.children_by_field_name("name"):
                value = next(given, UNKNOWN)
                if one.type == "variadic_parameter_declaration":
                    value = frozenset({Members(either([value, *given]))})
                elif not value and kind is not None:
                    value = self.typed_as(kind, run)
                names.declare(text(name), value)

    def typed_as(self, node: Node, run: Run) -> Value:
        """A value of which only the type is known."""
        words = text(node).lstrip("*&")
        package, _, name = words.rpartition(".")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or words in ("string", "error", "bool", "int"):
            return UNKNOWN
        if (package or run.package, name) in self.checkout.types:
            return frozenset({Typed(name)})
        return frozenset({Typed(name, run.imports.get(package, package))}) if package else UNKNOWN

    def imports(self, declared: Declared) -> dict[str, str]:
        if declared.file not in self._imported:
            root = declared.node
            while root.parent is not None:
                root = root.parent
            self._imported[declared.file] = imports_of(root)
        return self._imported[declared.file]

    @cached_property
    def _imported(self) -> dict[str, dict[str, str]]:
        return {}

    def constant(self, package: str, name: str) -> Value:
        declared = self.checkout.values.get((package, name))
        if declared is None:
            return UNKNOWN
        key = (declared.node.id, ())
        if key not in self._known:
            self._known[key] = Reached()
            run = Run(package, self.imports(declared))
            self._known[key] = Reached(frozenset(), (self.value(declared.node, Names(), run),))
        return either(self._known[key].gives)

    def _call_expression(self, node: Node, names: Names, run: Run) -> Value:
        found = self.called(node, names, run)
        return found[0] if found else UNKNOWN

    def called(self, node: Node, names: Names, run: Run) -> tuple[Value, ...]:
        called, given = part(node, "function"), elements(part(node, "arguments"))
        arguments = tuple(self.value(one, names, run) for one in given)
        if called.type == "identifier":
            declared = self.checkout.functions.get((run.package, text(called)))
            if declared is not None and names.get(text(called)) is None:
                return self._follow(declared, arguments, UNKNOWN, run)
            converts = text(called) in SAME or (run.package, text(called)) in self.checkout.types
            return arguments[:1] if converts else ()
        if called.type == "selector_expression":
            return self._method(called, given, arguments, names, run)
        self.value(called, names, run)
        return ()

    def _method(
        self, called: Node, given: list[Node], arguments: tuple[Value, ...], names: Names, run: Run
    ) -> tuple[Value, ...]:
        operand, name = part(called, "operand"), text(part(called, "field"))
        if operand.type == "identifier" and names.get(text(operand)) is None and text(operand) in run.imports:
            declared = self.checkout.functions.get((text(operand), name))
            if declared is not None:
                return self._follow(declared, arguments, UNKNOWN, run)
            if name == "NewClientWithOptions":
                return (frozenset({Typed("Client", run.imports[text(operand)])}),)
            return (foreign(f"{text(operand)}.{name}", arguments),)
        receiver = self.value(operand, names, run)
        if name in REQUESTS:
            self._tell(endpoint_request(called, arguments, receiver), called, run)
            return ()
        if MADE.fullmatch(name) and arguments and texts(arguments[0]):
            hosts = {re.split(r"[.-]", one)[0] for one in texts(arguments[0])}
            return (frozenset(Typed("Client", one) for one in hosts),)
        library = any(f"{one.package}.{one.name}" in LIBRARIES for one in typed(receiver))
        asks = name == "Do" and not library and len(given) > 1 and given[1].type == "call_expression"
        if name in RPC or ROA.fullmatch(name) or asks:
            inner = elements(part(given[1], "arguments")) if asks else []
            parameters = tuple(self.value(one, names, run) for one in inner)
            self._tell(client_request(name, arguments, parameters), called, run)
            return ()
        found: list[Reached] = []
        for one in typed(receiver):
            if one.package:
                found.append(library_call(one, name, arguments, run))
            elif (one.name, name) in self.methods:
                found.append(self.reach(self.methods[one.name, name], arguments, frozenset({one}), run))
        if not typed(receiver):
            own = [one for one in self.checkout.methods.get(name, ()) if one.package == PACKAGE]
            # A name that only one type has is that type's.
            if len(own) == 1:
                found.append(self.reach(own[0], arguments, UNKNOWN, run))
        length = max((len(one.gives) for one in found), default=0)
        return tuple(either(one.gives[at] for one in found if at < len(one.gives)) for at in range(length))

    def _follow(self, declared: Declared, arguments: tuple[Value, ...], receiver: Value, run: Run) -> tuple[Value, ...]:
        if declared.name in SAME:
            return arguments[:1]
        return self.reach(declared, arguments, receiver, run).gives

    def reach(self, declared: Declared, arguments: tuple[Value, ...], receiver: Value, run: Run) -> Reached:
        # The client's own methods choose endpoints and keys: calls of the provider, whatever the type.
        if declared.package != PACKAGE and declared.name not in FOLLOWED:
            return Reached(gives=self._given(declared, Run(declared.package, self.imports(declared))))
        found = self._run(declared, arguments, receiver)
        run.calls |= found.calls
        return found

    def _tell(self, parts: list[Value], called: Node, run: Run) -> None:
        found, known = told(parts)
        run.calls.update(found)
        if not known:
            self.unread.add(text(called))


def _by_receiver(checkout: Checkout) -> dict[tuple[str, str], Declared]:
    found = {}
    for name, many in checkout.methods.items():
        for one in many:
            receiver = text(part(one.node, "receiver")).strip("()").split()[-1].lstrip("*")
            found[receiver, name] = one
    return found
