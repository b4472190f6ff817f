"""Words of Go that the evaluation knows: constants, operators, built-in functions and a few of the standard library."""

import ast
import json
import operator
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provider.derive.values import Call, Opaque, Struct

SECOND = 10**9
CONSTANTS: dict[str, Any] = {
    **{f"schema.Type{kind}": f"Type{kind}" for kind in ("String", "Int", "Float", "Bool", "List", "Set", "Map")},
    "time.Hour": 3600 * SECOND,
    "time.Minute": 60 * SECOND,
    "time.Second": SECOND,
    "time.Millisecond": 10**6,
    "time.Microsecond": 10**3,
    "time.Nanosecond": 1,
    "time.Duration": None,
    "math.MaxInt64": 2**63 - 1,
    "math.MaxInt32": 2**31 - 1,
    "math.MaxUint32": 2**32 - 1,
    "math.MaxInt": 2**63 - 1,
}
PLAIN_TYPES = frozenset(
    {"string", "int", "int32", "int64", "uint", "uint32", "uint64", "float64", "float32", "bool", "byte", "rune"}
)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
FOREIGN: dict[str, Any] = json.loads((Path(__file__).parent / "foreign-constants.json").read_text(encoding="utf-8"))
"""Constants of other modules, of which a checkout has no source."""


def converted(kind: str, value: Any) -> Any:
    if kind.startswith("float") and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def unquoted(literal: str) -> str:
    # Go and Python share the escapes of such a text; ast refuses what Python would only warn of.
    return str(ast.literal_eval(literal))


def formatted(arguments: list[Any]) -> Any:
    if any(isinstance(one, Opaque | Call | Struct) for one in arguments):
        return Opaque("fmt.Sprintf", "")
    return arguments[0].replace("%v", "%s") % tuple(arguments[1:])


BUILT_IN: dict[str, Callable[[list[Any]], Any]] = {
    "append": lambda given: [*(given[0] or []), *given[1:]],
    "len": lambda given: len(given[0]),
    "make": lambda given: {} if str(given[0]).startswith("map") else [],
    "fmt.Sprintf": formatted,
    "fmt.Sprint": lambda given: "".join(map(str, given)),
    "strings.ToLower": lambda given: given[0].lower(),
    "strings.ToUpper": lambda given: given[0].upper(),
    "strings.Join": lambda given: given[1].join(given[0]),
    "strings.Fields": lambda given: given[0].split(),
    "strings.Split": lambda given: given[0].split(given[1]),
    "schema.DefaultTimeout": lambda given: given[0],
    "regexp.MustCompile": lambda given: given[0],
}
