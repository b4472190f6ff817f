"""Values that follow from others: the `like` of provider/read-back.md, section 3.

Over 200 lines: one table of rules and the functions that its data name.
"""

import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dicom_cdk.offline.reading.conversions import camel
from dicom_cdk.offline.reading.general import Chance
from dicom_cdk.offline.reading.json_texts import POLICIES, json_path, statements_of
from dicom_cdk.offline.reading.surroundings import Surroundings
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value

_ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789"
_TIMES = {
    "rfc3339": ("2026-01-01T00:00:00Z", "2099-12-31T16:00:00Z"),
    "rfc3339_minute": ("2026-01-01T00:00Z", "2099-12-31T16:00Z"),
    "datetime": ("2026-01-01 00:00:00", "2099-12-31 16:00:00"),
    "date": ("2026-01-01", "2099-12-31"),
    "epoch_s": (1767225600, 4102416000),
    "epoch_ms": (1767225600000, 4102416000000),
}
_SIZES = {"nano": 1, "small": 1, "medium": 1, "large": 2, "xlarge": 4}
_GIB_PER_CORE = {"c": 2, "g": 4, "r": 8}


@dataclass(frozen=True)
class Asker:
    """The attribute that is filled. `get` resolves a name, `said` gives what the configuration says of it, else None."""

    path: tuple[str, ...]
    get: Callable[[str], Value]
    said: Callable[[str], Value]
    chance: Chance
    surroundings: Surroundings

    def letters(self, alphabet: str, count: int, salt: str = "") -> str:
        digest = int(self.chance.digest((*self.path, salt)) * 2, 16)
        found = []
        for _ in range(count):
            digest, at = divmod(digest, len(alphabet))
            found.append(alphabet[at])
        return "".join(found)

    def number(self, below: int, salt: str = "") -> int:
        return int(self.chance.digest((*self.path, salt))[:12], 16) % below


def made(rule: Json, ask: Asker) -> Value:
    """The value of a rule with `like`; unknown where it cannot be told."""
    kind, _, name = rule["like"].partition(":")
    where = ask.surroundings
    match kind:
        case "region":
            return where.region
        case "account":
            return where.account
        case "resource_group":
            digest = Chance(where.account).digest(("resource group",))
            return f"rg-acfm{digest[:12]}"
        case "time":
            return _TIMES[rule["format"]][bool(rule.get("far"))]
        case "text":
            return filled(rule["text"], ask)
        case "id":
            return ask.get("id")
        case "configured":
            return ask.get(name)
        case "public-ip":
            return f"203.0.113.{ask.number(254) + 1}"
        case "private-ip":
            return f"10.{ask.number(256, '1')}.{ask.number(256, '2')}.{ask.number(254, '3') + 1}"
        case "ipv6-cidr":
            return f"2001:db8:{ask.number(65536, '1'):x}:{ask.number(256, '2') << 8:x}::/{rule['prefix']}"
        case "size":
            return 1024 + ask.number(1 << 20)
        case "size-text":
            return str(1024 + ask.number(1 << 20))
        case "any":
            return UNKNOWN
    if kind.startswith("id."):
        return _part(ask.get("id"), int(kind[3:]))
    return _derived(kind, name, rule, ask)


def _derived(kind: str, name: str, rule: Json, ask: Asker) -> Value:
    """What follows from another attribute."""
    if kind in ("policy-text", "trust-text"):
        return POLICIES[kind](*(ask.get(one) for one in name.split(",")))
    found = ask.get(rule["count"] if kind == "addresses" else name)
    if isinstance(found, Unknown) or found is None:
        return UNKNOWN
    where = ask.surroundings
    match kind:
        case "addresses":
            return [_address(name, ask, at) for at in range(int(found))]
        case "ip-of":
            return _within(where.of(found, "cidr_block") or "10.0.0.0/24", ask)
        case "cidr-of":
            return where.of(found, "cidr_block") or "172.16.0.0/20"
        case "zone-of":
            zone = where.of(found, "zone_id") or where.of(found, "availability_zone")
            return zone or f"{where.region}-h"
        case "vpc-of":
            return where.of(found, "vpc_id") or "vpc-" + ask.letters(_ALNUM, 20)
        case "cpu-of":
            return _cores(found)
        case "memory-of":
            family = found.split(".")[1][:1] if found.count(".") > 1 else ""
            return _cores(found) * _GIB_PER_CORE.get(family, 4) * 1024
        case "count-of":
            return len(found)
        case "prefix-of":
            return next((value for key, value in rule["prefixes"].items() if found.startswith(key)), UNKNOWN)
        case "suffix-of":
            return next((value for key, value in rule["suffixes"].items() if found.endswith(key)), UNKNOWN)
        case "last-dot-part-of":
            return found.rsplit(".", 1)[-1]
        case "id-part-of":
            return _part(found, rule["n"])
        case "json-path":
            return json_path(found, rule["path"])
        case "policy-statements":
            return statements_of(found)
    raise ValueError(f"facts name the likeness {kind!r}, which this version does not know; update dicom-cdk")


def filled(text: str, ask: Asker) -> Value:
    """A text with its placeholders filled; unknown where one of them is."""
    missing = False

    def one(found: re.Match[str]) -> str:
        nonlocal missing
        value = _placeholder(found[1], ask, str(found.start()))
        missing = missing or isinstance(value, Unknown)
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    done = re.sub(r"\{([^{}]+)\}", one, text)
    return UNKNOWN if missing else done


def _placeholder(name: str, ask: Asker, salt: str) -> Value:
    made_up = re.fullmatch(r"(hex|HEX|alnum|digit)(\d+)", name)
    if made_up:
        alphabet = {"hex": "0123456789abcdef", "HEX": "0123456789ABCDEF", "alnum": _ALNUM, "digit": "0123456789"}
        return ask.letters(alphabet[made_up[1]], int(made_up[2]), salt)
    if name in ("region", "account"):
        return getattr(ask.surroundings, name)
    if name == "uuid":
        return str(uuid.UUID(ask.chance.digest((*ask.path, salt))[:32], version=4))
    if name == "unique":
        return "2026" + ask.letters("0123456789", 22, salt)
    function, _, argument = name.partition(":")
    if function == "configured":
        argument, _, otherwise = argument.partition("|")
        said = ask.said(argument)
        return otherwise if said is None else said
    value = ask.get(argument or name)
    if function in _TEXTS and argument and isinstance(value, str):
        return _TEXTS[function](value)
    return value


_TEXTS: Mapping[str, Callable[[str], str]] = {
    "lower": str.lower,
    "camel": camel,
    "colon_to_underscore": lambda text: text.replace(":", "_"),
}


def _part(text: Value, number: int) -> Value:
    parts = text.split(":") if isinstance(text, str) else []
    return parts[number] if number < len(parts) else UNKNOWN


def _within(cidr: str, ask: Asker) -> Value:
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return UNKNOWN
    # The first address is the network's, the last four are the cloud's own.
    room = network.num_addresses - 5
    return str(network[1 + ask.number(room)]) if room > 0 else UNKNOWN


def _address(version: str, ask: Asker, at: int) -> str:
    if version == "ipv6":
        return f"2001:db8::{ask.number(65536, str(at)):x}:{at + 1:x}"
    return f"10.0.{ask.number(256, str(at))}.{at + 1}"


def _cores(instance_type: str) -> int:
    size = instance_type.rsplit(".", 1)[-1]
    times = re.fullmatch(r"(\d+)xlarge", size)
    return 4 * int(times[1]) if times else _SIZES.get(size, 2)
