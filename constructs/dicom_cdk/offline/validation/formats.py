"""Named checks: the Go functions of the provider, by what they accept (facts: provider/README, "func")."""

import datetime
import ipaddress
import re
from collections.abc import Callable

from dicom_cdk.offline.planning import json_text
from dicom_cdk.offline.planning.rules import instant
from dicom_cdk.offline.validation.go_patterns import is_re2
from dicom_cdk.offline.values import Value, number_text


def _json(text: str) -> bool:
    if text == "":
        return True
    try:
        json_text.load(text)
    except ValueError:
        return False
    return True


def _json_object_or_null(text: str) -> bool:
    try:
        return json_text.is_object(json_text.load(text))
    except ValueError:
        return False


def _cidr(text: str) -> bool:
    if "/" not in text:
        return False
    try:
        network = ipaddress.ip_network(text, strict=True)
    except ValueError:
        return False
    return str(network) == text


def _cidr_list(text: str) -> bool:
    return all(_cidr(part) for part in text.split(","))


def _date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _rfc3339(text: str) -> bool:
    return instant(text) is not None


def _yaml(text: str) -> bool:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yaml.load(text, Loader=loader)
    except yaml.YAMLError:
        return False
    return True


def _connection_port(text: str) -> bool:
    return text == "" or (bool(re.fullmatch(r"[+-]?\d+", text, re.ASCII)) and 1000 <= int(text) <= 5999)


def _int64(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+", text, re.ASCII)) and -(2**63) <= int(text) < 2**63


def _maintain_hour(text: str) -> bool:
    match = re.fullmatch(r"(\d\d):00Z-(\d\d):00Z", text, re.ASCII)
    if not match or int(match[1]) > 23 or int(match[2]) > 24:
        return False
    return int(match[2]) % 24 == (int(match[1]) + 1) % 24


def _dns_rr(text: str) -> bool:
    if text.startswith("-") or text.endswith("-") or len(text.encode()) > 253:
        return False
    return all(len(part.encode()) <= 63 for part in text.split("."))


def _normal_name(text: str) -> bool:
    return 2 <= len(text.encode()) <= 128 and not text.startswith(("http://", "https://"))


def _ons_group(text: str) -> bool:
    return text.startswith(("GID-", "GID_")) and bool(re.fullmatch(r"[\w\-]{7,64}", text, re.ASCII))


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


TEXT_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "json": (_json, "empty text, or any JSON text"),
    "json_object_or_null": (_json_object_or_null, "a JSON object, or null"),
    "cidr_network": (_cidr, "a network in CIDR form without host bits, such as 10.0.0.0/16"),
    "cidr_network_list": (_cidr_list, "networks in CIDR form without host bits, separated by commas without spaces"),
    "date": (_date, "a day as YYYY-MM-DD"),
    "ip_address": (_ip, "an IPv4 or IPv6 address"),
    "rfc3339": (_rfc3339, "a time in RFC 3339, such as 2026-01-02T15:04:05Z"),
    "regexp": (is_re2, "a regular expression in RE2 syntax"),
    "yaml": (_yaml, "YAML text"),
    "db_connection_port": (_connection_port, "empty text, or a whole number from 1000 to 5999"),
    "int64_string": (_int64, "text holding a 64-bit whole number"),
    "ots_instance_name": (
        _matches(r"[a-zA-Z][a-zA-Z0-9-]{1,14}[a-zA-Z0-9]"),
        "3 to 16 letters, digits or hyphens, a letter first, no hyphen last",
    ),
    "ots_name": (_matches(r"[a-zA-Z_][a-zA-Z0-9_]{0,254}"), "1 to 255 letters, digits or underscores, no digit first"),
    "maintain_hour": (_maintain_hour, "one hour as HH:00Z-HH:00Z"),
    "nullable_bool": (lambda text: text in ("", "true", "false"), "empty text, true or false"),
    "dns_rr": (_dns_rr, "at most 253 bytes, no hyphen first or last, each dotted part at most 63 bytes"),
    "normal_name": (_normal_name, "2 to 128 bytes, not beginning with http:// or https://"),
    "ons_group_id": (_ons_group, "GID- or GID_ and 7 to 64 letters, digits, underscores or hyphens in all"),
}
"""Name to the check of a text and what it allows."""


def named(name: str, value: Value) -> str | None:
    """What the named check allows where it refuses the value, None where it accepts it."""
    if name in ("map_not_empty", "not_empty", "no_zero_value"):
        return None if value not in ("", 0, False, {}, []) else "a value that is not empty"
    if name not in TEXT_FORMATS:
        raise ValueError(f"overlay names the check {name!r}; known: {', '.join(sorted(TEXT_FORMATS))}")
    accepts, allowed = TEXT_FORMATS[name]
    return None if accepts(value if isinstance(value, str) else number_text(value)) else allowed
