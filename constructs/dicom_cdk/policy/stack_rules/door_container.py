"""A domain and the container behind it agree on who comes there: people with tokens, or programs that sign.

Function Compute checks a token's signature and time only; issuer, audience, role and AE title are the container's to check, which
tells its domains apart by the host that is asked for (facts: viewer 1.1, 5).
"""

from collections.abc import Iterator

from dicom_cdk.payload.login import NAMES, Login
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.doors import Door, doors
from dicom_cdk.policy.stack_rules.rule import ANY, Json, Open, StackRule
from dicom_cdk.public_key import ALGORITHMS, faults

CUSTOM, SIGNED, ISSUER, KEYS = "DICOM_CUSTOM_DOMAIN", "DICOM_SIGNED_DOMAIN", "DICOM_LOGIN_ISSUER", "DICOM_LOGIN_KEYS"


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for door in doors(document):
        one = document.resources[door.address]
        function = document.target(one.values.get("route_config"), "alicloud_fcv3_function")
        told = function.get("environment_variables") if function else None
        # Only our own container says which domains it knows; a name that is not known yet is compared with none.
        if door.domain and isinstance(told, dict) and CUSTOM in told and "${" not in door.domain:
            container = {name: str(value or "") for name, value in told.items()}
            yield from ((door.address, problem) for problem in _apart(door, container))


def _apart(door: Door, container: dict[str, str]) -> Iterator[str]:
    people, programs = container[CUSTOM], container.get(SIGNED, "")
    login = bool(container.get(ISSUER))
    if door.domain not in (people, programs):
        known = " and ".join(name for name in (people, programs) if name) or "no domain"
        yield f"{door.domain} is unknown to its container, which knows {known} and refuses what is asked for by other names"
    elif door.kind == "jwt" and (not login or door.domain != people):
        yield f"{door.domain} takes tokens, and its container judges none there: any audience, any role, every AE title"
    elif door.kind != "jwt" and login and door.domain == people:
        yield f"{door.domain} takes signed requests, and its container wants a token there: nobody gets in"
    elif door.kind == "jwt":
        here, there = _keys(door), set(filter(None, container.get(KEYS, "").split("|")))
        if here is not None and here != there:
            names = [" and ".join(sorted(each.split(" ")[0] for each in keys)) or "none" for keys in (here, there)]
            yield f"tokens are judged here by key {names[0]}, in the container by key {names[1]} (or another of that name)"


def _keys(door: Door) -> set[str] | None:
    """As the container has them; None where one is no public key: CKV2_DICOM_44 says what is wrong with it."""
    for key in door.jwks:
        if not all(isinstance(part, str) for part in key.values()) or key.get("alg") not in ALGORITHMS:
            return None
        if not key.get("kid") or faults(key):
            return None
    written = Login(issuer="", audience="", keys=door.jwks).environment()[KEYS]
    return set(written.split("|"))


_KEY = {"kid": "1", "kty": "EC", "alg": "ES256", "crv": "P-256",
        "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}  # fmt: skip
"""The generator of P-256: a point of the curve that is nobody's key."""


_WRITTEN = Login(issuer="https://login.example.com", audience="archive", keys=(_KEY,)).environment()
_PEOPLE = {**_WRITTEN, CUSTOM: "people.example.com", SIGNED: "programs.example.com"}


def _domain(name: str, kind: str, function: str = "people", kid: str = "1") -> Json:
    auth: Json = {"auth_type": kind}
    if kind == "jwt":
        auth["auth_info"] = Login(issuer="", audience="", keys=({**_KEY, "kid": kid},)).domain_auth()
    name_of = f"${{alicloud_fcv3_function.{function}.function_name}}"
    return {
        "custom_domain_name": name, "protocol": "HTTPS", "auth_config": [auth],
        "route_config": [{"routes": [{"path": "/*", "function_name": name_of}]}],
    }  # fmt: skip


_FUNCTIONS = {
    "people": {"environment_variables": _PEOPLE},
    "programs": {"environment_variables": {**dict.fromkeys(NAMES, ""), CUSTOM: "dicom.example.com", SIGNED: ""}},
    "other": {"environment_variables": {"PORT": "80"}},
}

DOOR_CONTAINER = StackRule(
    id="CKV2_DICOM_122",
    name="A domain and the container behind it agree on who comes there, and by which keys",
    severity="CRITICAL",
    fix="give both from one source: gateway.domain, gateway.signed_domain and gateway.login of the site file",
    types=("alicloud_fcv3_custom_domain",),
    judge=judge,
    weighs={
        "alicloud_fcv3_custom_domain": {
            "custom_domain_name": Open(worst=ANY),
            "auth_config.auth_type": Open(ANY, ANY),
        },
        "alicloud_fcv3_function": {"environment_variables": Open(worst=ANY, text=True)},
    },
    reads=("auth_config", "environment_variables"),
    failing={
        "alicloud_fcv3_function": _FUNCTIONS,
        "alicloud_fcv3_custom_domain": {
            "people": _domain("people.example.com", "jwt"),
            "bad_unknown": _domain("old.example.com", "jwt"),
            "bad_other_name": _domain("old.example.com", "function", "programs"),
            "bad_unjudged": _domain("programs.example.com", "jwt"),
            "bad_without_login": _domain("dicom.example.com", "jwt", "programs"),
            "bad_shut": _domain("people.example.com", "function"),
            "bad_keys": _domain("people.example.com", "jwt", kid="2"),
        },
    },
    passing={
        "alicloud_fcv3_function": _FUNCTIONS,
        "alicloud_fcv3_custom_domain": {
            "people": _domain("people.example.com", "jwt"),
            "programs": _domain("programs.example.com", "function"),
            "dicom": _domain("dicom.example.com", "function", "programs"),
            "other": _domain("www.example.com", "jwt", "other"),
        },
    },
)
