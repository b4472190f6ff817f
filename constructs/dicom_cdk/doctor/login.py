"""Logins of the stacks: whether the keys that a provider signs with are those that the domain takes.

A provider that signs with another key locks everybody out until the next apply (docs/viewer.md). Asks the provider alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.finding import Finding
from dicom_cdk.login.provider_keys import Get, ProviderError, signing_keys
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.doors import Door, doors

AREA = "login"


def findings(stack: Stack, *, asks: bool, get: Get | None = None) -> Iterator[Finding]:
    """Of each domain that people log in at; `get` fetches an address, by default over HTTPS."""
    for door in doors(of_stack(stack)):
        if door.kind != "jwt" or not door.issuer:
            continue
        if asks:
            yield from _compared(door, get)
        else:
            yield Finding(
                AREA, f"keys of {door.issuer}", "look", "not asked", "dicom-cdk doctor --login asks the provider"
            )


def _compared(door: Door, get: Get | None) -> Iterator[Finding]:
    name = f"keys of {door.issuer}"
    try:
        published = {key["kid"]: key for key in signing_keys(door.issuer, get)}
    except ProviderError as error:
        yield Finding(
            AREA, name, "unasked", str(error).removeprefix("login: "), "ask from where the provider is reached"
        )
        return
    listed = {str(key.get("kid")): key for key in door.jwks}
    missing = [kid for kid, key in published.items() if not _same(listed.get(kid), key)]
    if missing:
        what = f"{door.domain} does not take {', '.join(missing)}: whoever gets a token by it is locked out"
        yield Finding(AREA, name, "lacks", what, "dicom-cdk login keys ISSUER; add it to gateway.login.jwks, apply")
    else:
        yield Finding(AREA, name, "ok", f"{door.domain} takes {', '.join(published)}")
    if old := [kid for kid in listed if kid not in published]:
        yield Finding(
            AREA, name, "look", f"{', '.join(old)} is published no more", "take it out once its last token has ended"
        )


def _same(listed: Mapping[str, Any] | None, published: Mapping[str, str]) -> bool:
    return listed is not None and {part: listed.get(part) for part in published} == published
