"""What rules over whole stacks say where an argument is an expression that only Terraform knows.

A rule is asked twice then, with the best and with the worst that each such argument could come to (`weighs`): what fails at the
best has failed, what fails at the worst alone was not judged, by the name of the argument.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dicom_cdk.plan.reading.written_json import is_open, read_json
from dicom_cdk.plan.stack import block, texts_in
from dicom_cdk.policy.document import Document, Resource, references
from dicom_cdk.policy.dynamic_blocks import DYNAMIC
from dicom_cdk.policy.stack_rules.rule import ANY, GONE, KEEP, Open, StackRule
from dicom_cdk.policy.verdict import Verdict, read

MOST_NAMED = 5
"""Arguments of other resources that one verdict names."""
_PLAIN = re.compile(r"\$\{[\w.\[\]\"-]+\}")
_WHOLE = re.compile(r"\s*\$\{[^}]*\}\s*")


@dataclass
class _Asked:
    """A document with its literals filled in, and at its best and its worst. `opened`: address → its open arguments."""

    settled: dict[str, Resource]
    best: dict[str, Resource]
    worst: dict[str, Resource]
    opened: dict[str, list[str]] = field(default_factory=dict)
    sure_of_failures: bool = True
    sure_of_passes: bool = True


def verdicts(document: Document, rule: StackRule) -> list[Verdict]:
    """A rule's verdict on every resource of its types, and on others that it names. Raises what the rule raises."""
    asked = _asked(document, rule)
    certain = _said(replace(document, resources=asked.best), rule) if asked.sure_of_failures else {}
    if not asked.opened:
        return [
            Verdict(rule.id, one, one not in certain, tuple(certain.get(one, ())))
            for one in _all(document, rule, certain)
        ]
    possible = _said(replace(document, resources=asked.worst), rule)
    if not asked.sure_of_failures:
        possible |= _said(replace(document, resources=asked.settled), rule)
    found = []
    for address in _all(document, rule, certain, possible):
        if address in certain:
            found.append(Verdict(rule.id, address, passed=False, problems=tuple(certain[address])))
        elif address in possible or not asked.sure_of_passes:
            found.append(read(Verdict(rule.id, address, True, _named(address, asked.opened)), document.mode))
        else:
            found.append(Verdict(rule.id, address, passed=True))
    return found


def _said(document: Document, rule: StackRule) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address, problem in rule.judge(document):
        if problem not in found.setdefault(address, []):
            found[address].append(problem)
    return found


def _all(document: Document, rule: StackRule, *named: Mapping[str, Any]) -> Iterator[str]:
    yield from dict.fromkeys(
        [one.address for one in document.of(*rule.types)] + [one for more in named for one in more]
    )


def _asked(document: Document, rule: StackRule) -> _Asked:
    asked = _Asked(dict(document.resources), dict(document.resources), dict(document.resources))
    for address, one in document.resources.items():
        weighed = rule.weighs.get(one.type)
        if weighed and _says_something_open(one, weighed):
            _ask(document, one, address, weighed, asked)
    return asked


def _says_something_open(one: Resource, weighed: Mapping[str, Open]) -> bool:
    tops = {path.partition(".")[0] for path in weighed}
    return bool(tops & set(block(one.values.get(DYNAMIC)))) or any(
        is_open(text) for top in tops for text in texts_in(one.get(top))
    )


def _ask(document: Document, one: Resource, address: str, weighed: Mapping[str, Open], asked: _Asked) -> None:
    resolved = document.resolved(one)
    tops = {path.partition(".")[0] for path in weighed}
    made = block(one.values.get(DYNAMIC))
    # What leads to another resource is read as it is written.
    known = {top: resolved[top] for top in tops if top in resolved and not any(map(is_open, texts_in(resolved[top])))}
    literal = replace(one, known={**one.known, **known})
    asked.settled[address] = asked.best[address] = asked.worst[address] = literal
    opened = [path for path, said in weighed.items() if _is_open(path, said, resolved, made, document)]
    if not opened:
        return
    asked.opened[address] = opened
    asked.sure_of_failures &= all(weighed[path].best is not ANY for path in opened)
    asked.sure_of_passes &= all(weighed[path].worst is not ANY for path in opened)
    asked.worst[address] = _with(literal, resolved, {path: weighed[path].worst for path in opened}, made)
    if any(weighed[path].best is GONE for path in opened):
        del asked.best[address]
    else:
        asked.best[address] = _with(literal, resolved, {path: weighed[path].best for path in opened}, made)


def _is_open(path: str, said: Open, resolved: Mapping[str, Any], made: Mapping[str, Any], document: Document) -> bool:
    top, *below = path.split(".")
    return top in made or any(_unknown(text, said, document) for text in _at(resolved.get(top), below))


def _unknown(text: Any, said: Open, document: Document) -> bool:
    if not is_open(text):
        return False
    if said.leads and _PLAIN.fullmatch(text):
        return not any(_is_there(one, document) for one in references(text))
    if said.text:
        return bool(_WHOLE.fullmatch(text)) and not _is_json(text)
    return True


def _is_there(address: str, document: Document) -> bool:
    kind = address.rpartition(".")[0].rpartition(".")[2]
    return bool(document.targets(f"${{{address}}}", kind))


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except ValueError:
        return False
    return True


def _at(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """What stands at a path of names, through blocks; a whole block that is one expression too."""
    if isinstance(value, list):
        for part in value:
            yield from _at(part, names)
    elif isinstance(value, dict) and names:
        yield from _at(value.get(names[0]), names[1:])
    elif isinstance(value, dict):
        yield from texts_in(value)
    elif value is not None:
        yield value


def _with(one: Resource, resolved: Mapping[str, Any], bounds: Mapping[str, Any], made: Mapping[str, Any]) -> Resource:
    changed: dict[str, Any] = {}
    for path, bound in bounds.items():
        if bound is KEEP or bound is ANY:
            continue
        top, *below = path.split(".")
        there = changed.get(top, resolved.get(top))
        if top in made and there is None:
            there = [{}]
        changed[top] = _put(there, below, bound)
    if not changed:
        return one
    left = {name: said for name, said in made.items() if name not in changed}
    values = {**one.values, **changed, **({DYNAMIC: left} if made else {})}
    return replace(one, values=values, known={**one.known, **changed})


def _put(value: Any, names: Sequence[str], bound: Any) -> Any:
    """`value` with `bound` in place of what is open at a path of names, and of a block that is open as a whole."""
    if isinstance(value, list) and (names or not isinstance(bound, list)):
        return [_put(part, names, bound) for part in value]
    if not names:
        return bound if value is None or isinstance(value, dict | list) or is_open(value) else value
    if isinstance(value, dict):
        return {**value, names[0]: _put(value.get(names[0]), names[1:], bound)}
    return {names[0]: _put(None, names[1:], bound)} if value is None or is_open(value) else value


def _named(address: str, opened: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The arguments at fault: the resource's own, else those of others that the rule looks at."""
    if own := opened.get(address):
        return tuple(own)
    others = [f"{other}.{path}" for other, paths in opened.items() for path in paths]
    left = len(others) - MOST_NAMED
    return tuple(others[:MOST_NAMED] + ([f"and {left} more, each"] if left > 0 else []))
