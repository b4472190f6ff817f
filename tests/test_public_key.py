"""A JWK as the DER that WebCrypto imports: the same bytes as an independent library's."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dicom_cdk.public_key import ALGORITHMS, faults, spki
from dicom_cdk.rehearsal.identity.tokens import SigningKey


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_kind_of_key_is_without_fault_and_written_as_others_write_it(alg: str) -> None:
    key = SigningKey("one", alg)
    wanted = key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert faults(key.jwk) == []
    assert spki(key.jwk) == wanted


@pytest.mark.parametrize("alg", ["RS256", "ES256", "ES384", "ES512"])
def test_a_changed_letter_of_a_point_and_a_short_modulus_are_seen(alg: str) -> None:
    jwk = SigningKey("one", alg).jwk
    name = "n" if alg == "RS256" else "y"
    text = jwk[name]
    changed = text[:40] if name == "n" else ("B" if text[0] == "A" else "A") + text[1:]
    assert [fault[0] for fault in faults({**jwk, name: changed})] == [name]
