"""Public keys of an identity provider: a JWK (RFC 7517, 7518) judged, and as the DER that WebCrypto imports (RFC 5280, SPKI).

Pure values, standard library only: the settings' rules, the payloads and `dicom-cdk login` all ask.
"""

import base64
import binascii
from collections.abc import Mapping

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a private key. HS is left out: whoever can check one of those can make one."""
PUBLIC_PARTS = ("kid", "kty", "alg", "use", "n", "e", "crv", "x", "y")
"""What a public key needs of a JWK; certificates (x5c, x5t) are dead weight."""
PRIVATE_PARTS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
"""Parts of a private or shared key (RFC 7518, 6.2.2, 6.3.2, 6.4.1)."""
RSA_BITS = (2048, 8192)

_CURVES = {
    "ES256": ("P-256", 32, "2a8648ce3d030107"),
    "ES384": ("P-384", 48, "2b81040022"),
    "ES512": ("P-521", 66, "2b81040023"),
}
_RSA, _EC = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d0201")
_FIELDS = {
    "P-256": (
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    ),
    "P-384": (
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
    ),
    "P-521": (
        2**521 - 1,
        0x51953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
    ),
}
"""Prime and b of y² = x³ - 3x + b (FIPS 186-4, D.1.2)."""


def faults(key: Mapping[str, str | None]) -> list[tuple[str, str, str]]:
    """What is wrong with a JWK, by its parts as text or None: name of the part, what, what is allowed. Empty: nothing."""
    alg = key.get("alg") or ""
    rsa = alg[:2] in ("RS", "PS")
    kty = "RSA" if rsa else "EC"
    found = [] if key.get("kty") == kty else [("kty", f"does not belong to alg {alg}", f'"{kty}"')]
    wanted, idle = (("n", "e"), ("crv", "x", "y")) if rsa else (("crv", "x", "y"), ("n", "e"))
    found += [(name, "is missing", f"with kty {kty}: {', '.join(wanted)}") for name in wanted if not key.get(name)]
    found += [(name, f"has no place in a key of kty {kty}", ", ".join(wanted)) for name in idle if key.get(name)]
    return found or (_of_rsa(key) if rsa else _of_ec(key, alg))


def _of_rsa(key: Mapping[str, str | None]) -> list[tuple[str, str, str]]:
    numbers = {name: _octets(key[name] or "") for name in ("n", "e")}
    for name, octets in numbers.items():
        if octets is None:
            return [(name, "is not base64url", "the number as the provider gives it, without = at the end")]
    modulus, exponent = (int.from_bytes(numbers[name] or b"", "big") for name in ("n", "e"))
    low, high = RSA_BITS
    if not low <= modulus.bit_length() <= high or not modulus % 2:
        return [("n", f"is a modulus of {modulus.bit_length()} bits", f"an odd number of {low} to {high} bits")]
    if exponent < 3 or not exponent % 2 or exponent >= 2**32:
        return [("e", f"is the exponent {exponent}", "an odd number from 3 to 2³², such as AQAB")]
    return []


def _of_ec(key: Mapping[str, str | None], alg: str) -> list[tuple[str, str, str]]:
    curve, size, _ = _CURVES[alg]
    if key["crv"] != curve:
        return [("crv", f"does not belong to alg {alg}", f'"{curve}"')]
    points = []
    for name in ("x", "y"):
        octets = _octets(key[name] or "")
        if octets is None or len(octets) != size:
            return [(name, "is no coordinate", f"{size} bytes in base64url for {curve}, without = at the end")]
        points.append(int.from_bytes(octets, "big"))
    x, y = points
    prime, b = _FIELDS[curve]
    if x >= prime or y >= prime or (y * y - (x * x * x - 3 * x + b)) % prime:
        return [("y", f"is not on {curve} with this x", "both as the provider gives them")]
    return []


def spki(key: Mapping[str, str | None]) -> bytes:
    """SubjectPublicKeyInfo, DER, of a JWK without faults."""
    alg = key["alg"] or ""
    if alg[:2] in ("RS", "PS"):
        numbers = b"".join(_der(2, _positive(_octets(key[name] or "") or b"")) for name in ("n", "e"))
        return _der(0x30, _der(0x30, _der(6, _RSA) + _der(5, b"")) + _der(3, b"\0" + _der(0x30, numbers)))
    _, _, curve = _CURVES[alg]
    point = b"\4" + (_octets(key["x"] or "") or b"") + (_octets(key["y"] or "") or b"")
    return _der(0x30, _der(0x30, _der(6, _EC) + _der(6, bytes.fromhex(curve))) + _der(3, b"\0" + point))


def _octets(text: str) -> bytes | None:
    if not text or not text.replace("-", "A").replace("_", "A").isalnum() or not text.isascii():
        return None
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def _positive(octets: bytes) -> bytes:
    bare = octets.lstrip(b"\0") or b"\0"
    return b"\0" + bare if bare[0] & 0x80 else bare


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
