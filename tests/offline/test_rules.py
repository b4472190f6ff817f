"""Every suppression rule of the provider, both ways: held against a second, plain reading of provider/plan-rules.md.

For each rule many situations are drawn from its own constants; both readings have to agree on all, every rule has to give both
answers, and every constant has to decide at least once.
"""

import functools
import ipaddress
import itertools
import json
import random
from datetime import datetime
from typing import Any

import pytest

from dicom_cdk.offline.fields import Field, Kind, ResourceFields
from dicom_cdk.offline.planning import json_text
from dicom_cdk.offline.planning.rules import Question, View
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.values import UNKNOWN
from tests.conftest import ROOT
from tests.offline.replay import described

Json = dict[str, Any]
RULES = [one for one in json.loads((ROOT / "provider/suppress.json").read_text()) if one["kind"] == "suppress"]
TEXTS = (
    "", "x", "X", " x\t", "x.", "a", "a,b", "a,b,c", "{}", "[]", "null", "0", "1", "true",
    '{"b": 1, "a": {"d": [1.0], "c": "<"}}', '{"a":{"c":"<","d":[1]},"b":1}', '{"a":{"c":"<","d":[2]},"b":1}',
    '[{"b":1,"a":2}]', '[{"a": 2, "b": 1}]', '[{"a":3}]', '{"payload":"","enable":true}', '{"enable":true}',
    "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2026-01-02T03:04:05.1Z", "2001:DB8:0::1/64", "2001:db8::1/64",
)  # fmt: skip
DRAWS, FEW = 300, 150


def names_in(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(names_in, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    found = set()
    for key, one in part.items():
        if key in ("get", "set", "known", "changed", "same_members"):
            found.add(one)
        else:
            found |= names_in(one)
    return found


def changed_in(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(changed_in, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    return set().union(*({one} if key == "changed" else changed_in(one) for key, one in part.items()))


def constants_in(part: Any, place: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    """Where a constant of an `in`, a bound or a prefix stands, and what it is."""
    if isinstance(part, list):
        pairs = [constants_in(one, (*place, at)) for at, one in enumerate(part)]
        return {key: value for found in pairs for key, value in found.items()}
    if not isinstance(part, dict):
        return {}
    found: dict[tuple[Any, ...], Any] = {}
    for key, one in part.items():
        if key == "in":
            found |= {(*place, key, at): constant for at, constant in enumerate(one[1])}
        elif key in ("gt", "starts"):
            found[*place, key] = None if isinstance(one[1], dict) else one[1]
        found |= constants_in(one, (*place, key))
    return found


class Reading:
    """The rules as provider/plan-rules.md says them, nothing skipped; `true` collects the constants that held."""

    def __init__(self, fields: dict[str, Field], proposed: Json, prior: Json | None, old: str, new: str) -> None:
        self.fields, self.proposed, self.prior, self.old, self.new = fields, proposed, prior, old, new
        self.true: set[tuple[Any, ...]] = set()
        self.false: set[tuple[Any, ...]] = set()

    def field(self, name: str) -> Field:
        if "." not in name:
            return self.fields[name]
        first, *rest = [step for step in name.split(".") if not step.isdigit()]
        found = self.fields[first]
        for step in rest:
            assert found.fields is not None
            found = found.fields[step]
        return found

    def raw(self, name: str) -> Any:
        field = self.field(name)
        found = at(self.proposed, name)
        if found is None or (field.nested and found == []):
            found = field.default if field.default is not None else at(self.prior, name)
        return found

    def get(self, name: str) -> Any:
        found, kind = self.raw(name), self.field(name).kind
        parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [found]
        if UNKNOWN in list(parts):
            return object() if kind is Kind.STRING else ZERO[kind]
        if found is None:
            return ZERO[kind]
        return str(found) if kind is Kind.STRING else found

    def value(self, one: Any) -> Any:
        if one == "$old":
            return self.old
        if one == "$new":
            return self.new
        if not isinstance(one, dict):
            return one
        if "get" in one:
            return self.get(one["get"])
        function, argument = next((key, part) for key, part in one.items() if key not in ("drop", "chars"))
        found = self.value(argument)
        text = found if isinstance(found, str) else "unknown" if type(found) is object else str(found)
        match function:
            case "lower":
                return text.lower()
            case "trim":
                return text.strip()
            case "drop_dot":
                return text[:-1] if text.endswith(".") else text
            case "no_blanks":
                return "".join(sign for sign in text if sign not in " \t\n")
            case "comma_parts":
                return len(text.split(","))
            case "comma_first":
                return text.split(",", 1)[0]
            case "strip_chars":
                return text.strip(one["chars"])
            case "ip_short":
                return short(text)
            case "json_text":
                return rewritten(text, one.get("drop", []))
        raise AssertionError(function)

    def holds(self, when: Json, place: tuple[Any, ...] = ()) -> bool:
        ((name, argument),) = when.items()
        here = (*place, name)
        match name:
            case "all":
                # All parts are asked, so that each of their constants is seen.
                answers = [self.holds(part, (*here, number)) for number, part in enumerate(argument)]
                return all(answers)
            case "any":
                answers = [self.holds(part, (*here, number)) for number, part in enumerate(argument)]
                return any(answers)
            case "not":
                return not self.holds(argument, here)
            case "in":
                found = self.value(argument[0])
                hits = [type(one) is type(found) and one == found for one in argument[1]]
                for number, hit in enumerate(hits):
                    (self.true if hit else self.false).add((*here, number))
                return any(hits)
            case "eq":
                return bool(self.value(argument[0]) == self.value(argument[1]))
            case "gt":
                found = self.value(argument[0])
                return self.decided(here, found > argument[1])
            case "starts":
                return self.decided(here, str(self.value(argument[0])).startswith(self.value(argument[1])))
            case "same_json":
                return same(argument, self.old, self.new)
            case "same_instant":
                return moment(self.old) is not None and moment(self.old) == moment(self.new)
            case "set":
                found = self.get(argument)
                return type(found) is not object and found not in ("", 0, False, [], {})
            case "create":
                return not (self.prior or {}).get("id")
            case "changed":
                before = at(self.prior, argument)
                return bool((ZERO[self.field(argument).kind] if before is None else before) != self.get(argument))
            case "same_members":
                before, after = at(self.prior, argument) or [], self.get(argument)
                return bool(before) and bool(after) and set(before) == set(after)
        raise AssertionError(name)

    def decided(self, place: tuple[Any, ...], answer: bool) -> bool:
        (self.true if answer else self.false).add(place)
        return answer


ZERO: dict[Kind, Any] = {
    Kind.STRING: "", Kind.INT: 0, Kind.FLOAT: 0, Kind.BOOL: False, Kind.LIST: [], Kind.SET: [], Kind.MAP: {},
}  # fmt: skip


def at(value: Any, name: str) -> Any:
    if "." not in name and type(value) is dict:
        return value.get(name)
    for step in name.split("."):
        if step.isdigit():
            value = value[int(step)] if isinstance(value, list) and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def short(text: str) -> str:
    address, slash, rest = text.partition("/")
    try:
        return f"{ipaddress.ip_address(address)}{slash}{rest}"
    except ValueError:
        return "" if slash else text


def rewritten(text: str, drop: list[Json]) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    for one in drop:
        *above, key = one["path"]
        inner: Any = found
        for step in above:
            inner = inner.get(step) if isinstance(inner, dict) else None
        if isinstance(inner, dict) and key in inner and inner[key] == one["value"]:
            del inner[key]
    return go_json(found)


def go_json(value: Any) -> str:
    found = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for sign in "<>&":
        found = found.replace(sign, f"\\u{ord(sign):04x}")
    return found.replace("1.0", "1")


def same(kind: str, old: str, new: str) -> bool:
    try:
        one, other = json.loads(old), json.loads(new)
    except ValueError:
        return False
    return fits(kind, one) and fits(kind, other) and bool(one == other)


def fits(kind: str, value: Any) -> bool:
    if kind == "object":
        return value is None or isinstance(value, dict)
    return value is None or (isinstance(value, list) and all(isinstance(one, dict | None) for one in value))


def moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if "T" in text and found.tzinfo else None


def candidates(field: Field, constants: list[Any]) -> list[Any]:
    fitting = [one for one in constants if isinstance(one, bool) == (field.kind is Kind.BOOL)]
    match field.kind:
        case Kind.STRING:
            texts = [one for one in fitting if isinstance(one, str)]
            return [
                None,
                UNKNOWN,
                "",
                "unmentioned",
                *texts,
                *(one.lower() for one in texts),
                *(one.upper() for one in texts),
            ]
        case Kind.INT | Kind.FLOAT:
            numbers = [one for one in fitting if isinstance(one, int | float)]
            return [None, UNKNOWN, 0, 7, *numbers, *(one + 1 for one in numbers)]
        case Kind.BOOL:
            return [None, UNKNOWN, True, False]
        case Kind.MAP:
            return [None, {}, {"k": "v"}]
    if field.fields is not None:
        return [[], [dict.fromkeys(field.fields)]]
    return [None, [], ["a"], ["a", "b"], ["b", "a"], [UNKNOWN]]


def put(target: Json, name: str, value: Any) -> None:
    first, *rest = name.split(".")
    if not rest:
        target[first] = value
        return
    inner = target.get(first)
    element = inner[0] if isinstance(inner, list) and inner else {}
    put(element, ".".join(rest[1:] if rest[0].isdigit() else rest), value)
    target[first] = [element]


def situations(rule: Json, known: ResourceFields, chosen: random.Random) -> Any:
    names = sorted(names_in(rule["when"]), key=lambda name: (name.count("."), name))
    constants = list(constants_in(rule["when"]).values())
    reading = Reading(known.fields, {}, None, "", "")
    choices = {name: candidates(reading.field(name), constants) for name in names}
    texts = [*TEXTS, *(str(one) for one in constants if isinstance(one, str | int) and not isinstance(one, bool))]
    systematic = itertools.chain.from_iterable(((name, one) for one in choices[name]) for name in names)
    for _ in range(DRAWS):
        proposed: Json = dict.fromkeys(known.fields)
        prior: Json | None = chosen.choice([None, {**dict.fromkeys(known.fields), "id": "i"}])
        fixed = next(systematic, None)
        for name in names:
            put(proposed, name, fixed[1] if fixed and fixed[0] == name else chosen.choice(choices[name]))
            if prior is not None and "." not in name:
                before = chosen.choice(choices[name])
                put(prior, name, None if before == UNKNOWN or before == [UNKNOWN] else before)
        old = chosen.choice(texts) if prior is not None else ""
        new = old if chosen.random() < 0.2 else chosen.choice(texts)
        yield proposed, prior, old, new


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule['type']}.{rule['attr']}")
def test_a_rule_gives_both_answers_as_the_rules_are_written(rule: Json) -> None:
    known = described("managed", rule["type"])
    chosen = random.Random(f"{rule['type']}.{rule['attr']}")
    answers: set[bool] = set()
    held: set[tuple[Any, ...]] = set()
    failed: set[tuple[Any, ...]] = set()
    for proposed, prior, old, new in situations(rule, known, chosen):
        reading = Reading(known.fields, proposed, prior, old, new)
        wanted = reading.holds(rule["when"])
        got = Question(View(known.fields, proposed, prior), old, new).holds(rule["when"])
        assert got == wanted, (rule, proposed, prior, old, new)
        answers.add(got)
        held |= reading.true
        failed |= reading.false
    assert answers == {True, False}
    for place, constant in constants_in(rule["when"]).items():
        assert place in held, f"{constant!r} at {place} never held"
        assert place in failed, f"{constant!r} at {place} always held"


@pytest.mark.parametrize(
    ("text", "rewritten_as"),
    [
        ('{"small": 1e-7, "smaller": 1.5E-09}', '{"small":1e-7,"smaller":1.5e-9}'),
        ('{"large": 1e21, "edge": 1e20}', '{"edge":100000000000000000000,"large":1e+21}'),
        ('{"n": -0, "m": 0.0}', '{"m":0,"n":-0}'),
        (r'{"half": "\ud800", "whole": "\ud83d\ude00"}', '{"half":"\ufffd","whole":"\U0001f600"}'),
        (r'{"\udfff": [{"\udc00": null}]}', '{"\ufffd":[{"\ufffd":null}]}'),
    ],
)
def test_a_document_is_rewritten_as_go_writes_it(text: str, rewritten_as: str) -> None:
    """A collector's configuration goes into the plan as it is rewritten; half a surrogate pair ended in an own bug."""
    assert json_text.rewritten(text, []) == rewritten_as


def test_a_document_nested_too_deep_is_a_text_like_another() -> None:
    deep = '{"a": ' * 480 + "1" + "}" * 480
    assert json_text.rewritten(deep, []) == deep
    assert not json_text.same("object", deep, deep + " ")


@functools.cache
def uses() -> frozenset[str]:
    """Functions and predicates that the rules use."""
    found: set[str] = set()

    def walk(part: Any) -> None:
        for key, one in part.items() if isinstance(part, dict) else ():
            found.add(key)
            walk(one)
        for one in part if isinstance(part, list) else ():
            walk(one)

    walk([rule["when"] for rule in RULES])
    return frozenset(found)


def test_the_second_reading_knows_every_function_that_the_rules_use() -> None:
    """Each of them is drawn above; a new one has to be added there."""
    known = {
        *(
            "all",
            "any",
            "not",
            "in",
            "eq",
            "gt",
            "starts",
            "set",
            "create",
            "changed",
            "same_json",
            "same_instant",
            "same_members",
        ),
        *(
            "get",
            "lower",
            "trim",
            "drop_dot",
            "no_blanks",
            "comma_parts",
            "comma_first",
            "strip_chars",
            "chars",
            "ip_short",
        ),
        *("json_text", "drop", "path", "value"),
    }
    assert uses() <= known


def test_every_rule_that_reads_what_the_cloud_may_decide_gives_both_answers_for_it() -> None:
    """Attributes that are optional and computed: with the value left out it is the prior state that decides."""
    seen = 0
    for rule in RULES:
        known = described("managed", rule["type"])
        reading = Reading(known.fields, {}, None, "", "")
        names = [name for name in names_in(rule["when"]) if (one := reading.field(name)).optional and one.computed]
        for name in names:
            if "." in name or reading.field(name).default is not None or name in changed_in(rule["when"]):
                continue  # what is left out has not changed: that part of the rule has one answer
            seen += 1
            answers = set()
            decided = candidates(reading.field(name), list(constants_in(rule["when"]).values()))
            for proposed, prior, old, new in itertools.islice(situations(rule, known, random.Random(name)), FEW):
                prior = prior if prior is not None else {"id": "i"}
                for before in decided:
                    if before in (UNKNOWN, [UNKNOWN]):
                        continue
                    view = View(known.fields, {**proposed, name: None}, {**prior, name: before})
                    got = Question(view, old, new).holds(rule["when"])
                    assert got == Reading(known.fields, view.proposed, view.prior, old, new).holds(rule["when"])
                    answers.add(got)
            assert answers == {True, False}, (rule["type"], rule["attr"], name)
    assert seen > 20
    assert shipped_store().covered()
