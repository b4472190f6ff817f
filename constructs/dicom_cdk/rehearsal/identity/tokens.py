"""Tokens as an identity provider makes them, and as somebody makes them who should not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dicom_cdk.public_key import spki

HASHES: dict[str, Any] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
CURVES: dict[str, tuple[Any, str, int]] = {
    "ES256": (ec.SECP256R1, "P-256", 32),
    "ES384": (ec.SECP384R1, "P-384", 48),
    "ES512": (ec.SECP521R1, "P-521", 66),
}


@dataclass(frozen=True)
class SigningKey:
    """A private key made on the spot. `alg`: RS, PS, ES with 256, 384, 512."""

    kid: str
    alg: str = "RS256"

    @cached_property
    def private(self) -> Any:
        if self.alg in CURVES:
            return ec.generate_private_key(CURVES[self.alg][0]())
        return rsa.generate_private_key(65537, 2048)

    @property
    def jwk(self) -> dict[str, str]:
        """Its public half (RFC 7517)."""
        numbers = self.private.public_key().public_numbers()
        about = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if self.alg in CURVES:
            _, curve, size = CURVES[self.alg]
            point = {name: encoded(getattr(numbers, name).to_bytes(size, "big")) for name in ("x", "y")}
            return {**about, "kty": "EC", "crv": curve, **point}
        return {**about, "kty": "RSA", "n": encoded(_octets(numbers.n)), "e": encoded(_octets(numbers.e))}

    def token(self, claims: Mapping[str, Any], **header: Any) -> str:
        """A JWT; `header` replaces parts of its header (None takes one away) and leaves the signature as it is."""
        head = {"alg": self.alg, "kid": self.kid, "typ": "JWT", **header}
        parts = unsigned({name: value for name, value in head.items() if value is not None}, claims)
        return f"{parts}.{encoded(self.signature(parts.encode()))}"

    def signature(self, data: bytes) -> bytes:
        digest = HASHES[self.alg[2:]]()
        if self.alg in CURVES:
            size = CURVES[self.alg][2]
            both = decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return b"".join(number.to_bytes(size, "big") for number in both)
        pad = padding.PKCS1v15() if self.alg[0] == "R" else padding.PSS(padding.MGF1(digest), digest.digest_size)
        signed: bytes = self.private.sign(data, pad, digest)
        return signed


def unsigned(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """Header and claims of a token, without a signature."""
    return ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


def by_shared_key(header: Mapping[str, Any], claims: Mapping[str, Any], key: bytes) -> str:
    """A token with an HMAC, as of who takes a public key for a shared one."""
    parts = unsigned(header, claims)
    return f"{parts}.{encoded(hmac.new(key, parts.encode(), hashlib.sha256).digest())}"


def claims_of(issuer: str, audience: Any, seconds: float = 600, **more: Any) -> dict[str, Any]:
    """What an access token says, from now on for `seconds`; None of `more` takes a claim away."""
    now = int(time.time())
    said = {"iss": issuer, "aud": audience, "iat": now, "exp": now + int(seconds), "sub": "1", **more}
    return {name: value for name, value in said.items() if value is not None}


def encoded(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def verified(token: str, keys: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    """Claims of a token that one of `keys` (JWKs) has signed, found by its key id; None for any other text."""
    try:
        head, body, signature = token.split(".")
        header = json.loads(decoded(head))
        jwk = next(key for key in keys if key["kid"] == header["kid"] and key["alg"] == header["alg"])
        public, alg, data = load_der_public_key(spki(jwk)), str(jwk["alg"]), f"{head}.{body}".encode()
        digest = HASHES[alg[2:]]()
        if isinstance(public, ec.EllipticCurvePublicKey):
            given, size = decoded(signature), CURVES[alg][2]
            both = (int.from_bytes(given[:size], "big"), int.from_bytes(given[size:], "big"))
            public.verify(encode_dss_signature(*both), data, ec.ECDSA(digest))
        elif isinstance(public, rsa.RSAPublicKey):
            pad = padding.PKCS1v15() if alg[0] == "R" else padding.PSS(padding.MGF1(digest), digest.digest_size)
            public.verify(decoded(signature), data, pad, digest)
        claims = json.loads(decoded(body))
    except (ValueError, KeyError, TypeError, StopIteration, InvalidSignature):
        return None
    return claims if isinstance(claims, dict) else None


def decoded(text: str) -> bytes:
    """Of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
