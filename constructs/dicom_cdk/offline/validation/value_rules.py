"""Checks of one plain value, as the overlay lists them by kind; all of a field's have to accept."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from dicom_cdk.offline.store import Json
from dicom_cdk.offline.validation import formats
from dicom_cdk.offline.validation.go_patterns import go_pattern
from dicom_cdk.offline.values import Value, number_text

_SHOWN = 20


def refusals(check: Json, value: Value) -> list[str]:
    """What a check allows where it refuses a known value; as the SDK, one answer for each of several ways to be right."""
    if check["kind"] != "any":
        allowed = refusal(check, value)
        if allowed is None:
            return []
        # Text that is no number is also a number out of range.
        twice = check.get("name") == "db_connection_port" and not re.fullmatch(r"[+-]?\d+", str(value), re.ASCII)
        return [allowed, "a whole number"] if twice else [allowed]
    answers = [refusal(one, value) for one in check["args"]]
    ways = [answer for answer in answers if answer is not None]
    if len(ways) < len(answers):
        return []
    return [" or ".join([way, *(other for other in ways if other is not way)]) for way in ways]


def refusal(check: Json, value: Value) -> str | None:
    """What a check allows where it refuses a known value, None where it accepts it."""
    kind = check["kind"]
    args: Any = check.get("args")
    match kind:
        case "enum" | "int_enum":
            return None if _member(value, args, bool(check.get("ignore_case"))) else f"one of {_words(args)}"
        case "not_enum":
            return f"none of {_words(args)}" if _member(value, args, False) else None
        case "int_range" | "float_range":
            low, high = _number(args[0]), _number(args[1])
            return None if low <= _number(value) <= high else f"a number from {args[0]} to {args[1]}"
        case "int_min" | "float_min":
            return None if _number(value) >= _number(_one(args)) else f"a number of at least {_one(args)}"
        case "int_max":
            return None if _number(value) <= _number(_one(args)) else f"a number of at most {_one(args)}"
        case "int_div":
            return None if _number(value) % _one(args) == 0 else f"a multiple of {_one(args)}"
        case "any":
            answers = [refusal(one, value) for one in args]
            return None if None in answers else " or ".join(answer for answer in answers if answer)
        case "func":
            return formats.named(check["name"], value)
    return _text_refusal(check, kind, args, value if isinstance(value, str) else number_text(value))


def _text_refusal(check: Json, kind: str, args: Any, text: str) -> str | None:
    match kind:
        case "len_range":
            return None if args[0] <= len(text.encode()) <= args[1] else f"{args[0]} to {args[1]} bytes"
        case "len_min":
            return None if len(text.encode()) >= _one(args) else f"at least {_one(args)} bytes"
        case "regex":
            return None if go_pattern(_one(args)).search(text) else f"text that matches {_one(args)}"
        case "not_regex":
            return f"text that does not match {_one(args)}" if go_pattern(_one(args)).search(text) else None
        case "split_enum":
            last = text.split(check["sep"])[-1]
            return None if last in args else f"parts of {_words(args)} between {check['sep']!r}"
        case "no_chars":
            return f"none of the characters {_one(args)}" if any(char in text for char in _one(args)) else None
        case "port_not":
            return None if _port(text) and int(text) not in args else f"a port from 1 to 65535, none of {_words(args)}"
        case "int_string" | "nullable_int_range":
            if kind == "nullable_int_range" and text == "":
                return None
            return None if _within(text, args) else f"text holding a whole number from {args[0]} to {args[1]}"
    raise ValueError(f"overlay has a check of kind {kind!r}, which this version does not know; update dicom-cdk")


def _member(value: Value, allowed: list[Any], ignore_case: bool) -> bool:
    if ignore_case:
        return str(value).lower() in [str(one).lower() for one in allowed]
    if isinstance(value, str) and allowed and not isinstance(allowed[0], str):
        return value in [number_text(one) for one in allowed]
    return value in allowed


def _one(args: Any) -> Any:
    return args[0] if isinstance(args, list) else args


def _number(value: Value) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")


def _port(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,5}", text, re.ASCII)) and 1 <= int(text) <= 65535


def _within(text: str, bounds: list[int | None]) -> bool:
    if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
        return False
    low, high = bounds
    return (low is None or int(text) >= low) and (high is None or int(text) <= high)


def _words(args: Any) -> str:
    words = [str(one) or '""' for one in args]
    if len(words) > _SHOWN:
        return ", ".join(words[:_SHOWN]) + f" and {len(words) - _SHOWN} more"
    return ", ".join(words)
