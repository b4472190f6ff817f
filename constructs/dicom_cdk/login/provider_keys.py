"""What an identity provider publishes: its discovery document (OpenID Connect Discovery 1.0) and the keys that sign."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from dicom_cdk.public_key import ALGORITHMS, PRIVATE_PARTS, PUBLIC_PARTS, faults

LARGEST = 1 << 20
"""Bytes that an answer may have."""
SECONDS = 20
_BY_CURVE = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
Get = Callable[[str], bytes]


class ProviderError(Exception):
    """The provider does not answer, or not as one does."""


class Published(NamedTuple):
    """Keys of a provider as gateway.login.jwks takes them, in its order; and what signs there and cannot be taken, in words."""

    keys: list[dict[str, str]]
    left_out: list[str]


def signing_keys(issuer: str, get: Get | None = None) -> list[dict[str, str]]:
    """The public keys that ISSUER signs with and a site can take. Raises ProviderError."""
    return published(issuer, get).keys


def published(issuer: str, get: Get | None = None) -> Published:
    """What ISSUER publishes to check signatures by. Raises ProviderError, also where a site can take none of it.

    `get` fetches an address; by default over HTTPS with the certificate checked.
    """
    ask = get or fetched
    where = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = _object(ask(_https(where)), where)
    if found.get("issuer") != issuer:
        raise ProviderError(
            f"login: {where} is of issuer {found.get('issuer')!r}, got {issuer!r}; give the issuer letter by letter, as its "
            "tokens say it"
        )
    address = str(found.get("jwks_uri") or "")
    keys = _object(ask(_https(address)), address).get("keys")
    if not isinstance(keys, list):
        raise ProviderError(f"login: {address} holds no list `keys`; a JWKS has one (RFC 7517)")
    made: dict[str, dict[str, str]] = {}
    left_out: list[str] = []
    for one in keys:
        if not isinstance(one, dict) or not _signs(one, address):
            continue
        key, why = _public(one)
        if not why and key != made.setdefault(key["kid"], key):
            why = f"key {key['kid']} is there twice, by {made[key['kid']]['alg']} and {key['alg']}: a site lists an id once"
        left_out += [why] if why else []
    if not made:
        reasons = f": {'; '.join(left_out)}" if left_out else ""
        raise ProviderError(
            f"login: {address} has no key that signs by one of {', '.join(ALGORITHMS)}{reasons}; let the provider sign with one"
        )
    return Published(list(made.values()), left_out)


def fetched(address: str) -> bytes:
    """The body behind an https address; redirects to anything else are not followed. Raises ProviderError."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            _https(answer.url)
            body: bytes = answer.read(LARGEST + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise ProviderError(f"login: {address} does not answer: {error}; is it reachable from this machine?") from error
    if len(body) > LARGEST:
        raise ProviderError(f"login: {address} answers more than {LARGEST} bytes; allowed is a JSON document")
    return body


def _https(address: str) -> str:
    if urlsplit(address).scheme != "https" or not urlsplit(address).netloc:
        raise ProviderError(f"login: {address!r} is no https address; keys from anywhere else could be anybody's")
    return address


def _object(body: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise ProviderError(f"login: {where} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ProviderError(f"login: {where} is no JSON object")
    return found


def _signs(key: dict[str, Any], address: str) -> bool:
    """Whether signatures are checked by it. Raises ProviderError for what nobody but its owner may have."""
    if any(part in key for part in PRIVATE_PARTS):
        raise ProviderError(
            f"login: {address} publishes a part of a private key (not shown); do not use this provider before it is replaced"
        )
    return bool(key.get("use", "sig") == "sig")


def _public(key: dict[str, Any]) -> tuple[dict[str, str], str]:
    """Without certificates; and why a site cannot take it, or nothing."""
    kid = key.get("kid")
    if not isinstance(kid, str) or not kid:
        return {}, "a key has no id (kid)"
    # Some say no algorithm, Microsoft among them: RS256 is what OpenID Connect means then.
    alg = key.get("alg") or ("RS256" if key.get("kty") == "RSA" else _BY_CURVE.get(str(key.get("crv"))))
    if alg not in ALGORITHMS:
        return {}, f"key {kid} is of {alg or key.get('crv') or key.get('kty')}, which is not taken here"
    made = {part: str(key[part]) for part in PUBLIC_PARTS if part in key} | {"alg": str(alg), "use": "sig"}
    if wrong := faults(made):
        name, what, _ = wrong[0]
        return {}, f"key {kid}: {name} {what}"
    return {part: made[part] for part in PUBLIC_PARTS if part in made}, ""
