"""The wanted ways in from the internet: Function Compute's trigger and custom domains, and who may come through which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.plan.stack import block
from dicom_cdk.policy.document import Document, Resource

WHO = {"function": "signed requests only", "jwt": "callers with a token", "anonymous": "anybody"}
ISSUER, AUDIENCE = "DICOM_LOGIN_ISSUER", "DICOM_LOGIN_AUDIENCE"
"""Variables of our own gateway's container, which looks at both; Function Compute is not said to."""


@dataclass(frozen=True)
class Door:
    """`address` of a trigger or domain, `name` of the domain with its protocol, and what is behind."""

    address: str
    domain: str
    protocol: str
    kind: str
    """Authentication: function, jwt or anonymous."""
    methods: tuple[str, ...]
    target: str
    jwks: tuple[Mapping[str, Any], ...] = ()
    """Keys whose tokens are taken (RFC 7517)."""
    without_token: tuple[str, ...] = ()
    issuer: str = ""
    audience: str = ""

    @property
    def who(self) -> str:
        """Who may come through it, and what for."""
        if self.kind != "jwt":
            return WHO.get(self.kind, self.kind)
        keys, free = " or ".join(str(key.get("kid")) for key in self.jwks), ", ".join(self.without_token)
        if self.issuer:
            said = (
                f"people with a token of {self.issuer} for {self.audience}{f', signed by key {keys}' if keys else ''}"
            )
        else:
            said = WHO["jwt"] + (f", signed by key {keys}, for whatever audience" if keys else "")
        return said + (f"; without one only {free}" if free else "")

    @property
    def way(self) -> str:
        """From the internet to it, by whom; two of the same let in the same."""
        named = f"{self.domain}, {self.protocol}; " if self.domain else ""
        return f"internet → {self.address} ({named}{self.who})"

    def __str__(self) -> str:
        more = "" if self.domain else f"; {', '.join(self.methods)}"
        return f"{self.way.removesuffix(')')}{more}) → {self.target}"


def doors(document: Document) -> list[Door]:
    """In the stack's order; a trigger whose address is closed is none."""
    return [*_triggers(document), *_domains(document)]


def _triggers(document: Document) -> Iterator[Door]:
    for one in document.of("alicloud_fcv3_trigger"):
        asked = _json(one.get("trigger_config"))
        if one.get("trigger_type") != "http" or asked.get("disableURLInternet"):
            continue
        methods = tuple(map(str, asked.get("methods") or ())) or ("any method",)
        target = _target(document, one, one.values.get("function_name"))
        yield Door(one.address, "", "", str(asked.get("authType") or "anonymous"), methods, target)


def _domains(document: Document) -> Iterator[Door]:
    for one in document.of("alicloud_fcv3_custom_domain"):
        auth, routes = block(one.get("auth_config")), one.values.get("route_config")
        info, function = _json(auth.get("auth_info")), document.target(routes, "alicloud_fcv3_function")
        told = function.get("environment_variables") if function else None
        variables = told if isinstance(told, dict) else {}
        jwks = info.get("jwks")
        keys = jwks.get("keys") if isinstance(jwks, dict) else None
        yield Door(
            one.address,
            str(one.get("custom_domain_name")),
            str(one.get("protocol", "HTTP")),
            str(auth.get("auth_type") or "anonymous"),
            (),
            _target(document, one, routes),
            tuple(key for key in keys if isinstance(key, dict)) if isinstance(keys, list) else (),
            _free(info),
            str(variables.get(ISSUER) or ""),
            str(variables.get(AUDIENCE) or ""),
        )


def _free(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths that need no token."""
    white, black = (
        [str(path) for path in value] if isinstance(value, list) else []
        for value in (info.get("whitelist"), info.get("blacklist"))
    )
    if "blacklist" in info:
        white.append(f"all but {' and '.join(black) or 'nothing'}")
    return tuple(white)


def _target(document: Document, one: Resource, value: Any) -> str:
    found = document.target(value, "alicloud_fcv3_function")
    return found.address if found else f"a function that {one.address} names"


def _json(text: Any) -> dict[str, Any]:
    try:
        found = read_json(text)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
