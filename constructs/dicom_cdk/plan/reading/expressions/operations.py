"""What nodes of an expression do with those inside them."""

from collections.abc import Callable
from typing import Any

from dicom_cdk.plan.reading.expressions import conversions, functions
from dicom_cdk.plan.reading.expressions.conversions import Open, Wrong
from dicom_cdk.plan.reading.expressions.nodes import Node, Run


def unknown(_: Run) -> Any:
    raise Open


def operation(sign: str, left: Node, right: Node) -> Callable[[Run], Any]:
    if sign in ("&&", "||"):

        def both(run: Run) -> bool:
            first = conversions.boolean(run.whole(left))
            return first if first is (sign == "||") else conversions.boolean(run.whole(right))

        return both
    return lambda run: functions.applied(functions.OPERATORS[sign], [run.whole(left), run.whole(right)])


def indexed(into: Node, key: Node) -> Callable[[Run], Any]:
    def value(run: Run) -> Any:
        step = run.whole(key)
        if not conversions.scalar(step):
            raise Wrong
        return (
            run.named((*into.steps, step)) if into.steps is not None else conversions.followed(run.whole(into), (step,))
        )

    return value


def tried(name: str, arguments: list[Node]) -> Callable[[Run], Any]:
    def value(run: Run) -> Any:
        for one in arguments:
            try:
                found = run.whole(one)
            except Wrong:
                continue
            return True if name == "can" else found
        if name == "can":
            return False
        raise Wrong

    return value


def loop(
    names: list[str], over: Node, key: Node, value: Node | None, condition: Node | None, *, grouped: bool
) -> Callable[[Run], Any]:
    def made(run: Run) -> Any:
        pairs: list[tuple[Any, Any]] = []
        for at, one in conversions.pairs(run.whole(over)):
            inner = run.beside(dict(zip(names, (at, one) if len(names) > 1 else (one,), strict=True)))
            if condition is None or conversions.boolean(inner.whole(condition)):
                named = inner.part(key) if value is None else conversions.text(inner.whole(key))
                pairs.append((named, None if value is None else inner.part(value)))
        if value is None:
            return [one for one, _ in pairs]
        if grouped:
            groups: dict[str, list[Any]] = {}
            for name, found in pairs:
                groups.setdefault(name, []).append(found)
            return groups
        return dict(pairs)

    return made
