"""Ephemeral resources of random and tls: opened anew for every plan, kept nowhere."""

import base64
import secrets
import string
from collections.abc import Callable, Mapping

from dicom_cdk.offline.companions.companion import companion
from dicom_cdk.offline.reading import state
from dicom_cdk.offline.store import TypeFacts
from dicom_cdk.offline.values import Value

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


def opened(facts: TypeFacts, config: dict[str, Value]) -> Value:
    """The result of one: what the configuration says, defaults, and values made for this time; keys of tls are made-up texts."""
    result = {**companion(facts).plan(None, config, config).value}
    if facts.name in _MADE:
        result |= _MADE[facts.name](result)
    return state.by_schema(facts.name, facts.schema["block"], result).value


def _password(wanted: Mapping[str, Value]) -> dict[str, Value]:
    kinds = {
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "numeric": string.digits,
        "special": wanted.get("override_special") or _SPECIAL,
    }
    used = {kind: signs for kind, signs in kinds.items() if wanted.get(kind)}
    signs = [secrets.choice(part) for kind, part in used.items() for _ in range(int(wanted.get(f"min_{kind}") or 0))]
    alphabet = "".join(used.values())
    signs += [secrets.choice(alphabet) for _ in range(int(wanted["length"]) - len(signs))] if alphabet else []
    secrets.SystemRandom().shuffle(signs)
    return {"result": "".join(signs)}


def _bytes(wanted: Mapping[str, Value]) -> dict[str, Value]:
    data = secrets.token_bytes(int(wanted["length"]))
    return {"base64": base64.b64encode(data).decode(), "hex": data.hex()}


_MADE: Mapping[str, Callable[[Mapping[str, Value]], dict[str, Value]]] = {
    "random_password": _password,
    "random_bytes": _bytes,
}
