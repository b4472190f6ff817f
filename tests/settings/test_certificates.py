"""Certificates that a site names by file: public ones are read, whatever else is in them is refused or left out."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from dicom_cdk.settings.loader import load_site
from tests.settings.conftest import SITE, Refusals, Write

NORTH = "hospitals: [{name: north, cidrs: [10.20.0.0/16], certificate: certificates/north.pem}]\n"
CT = "modalities: [{ae_title: CT1, hospital: north, address: 10.20.1.15, may: [store]}]\n"
WHERE = 'site.yaml:5: hospitals[0].certificate: {}, got "certificates/north.pem", allowed {}'


@pytest.fixture(scope="module")
def pair() -> tuple[str, str, bytes]:
    """Certificate, its key, and the certificate as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "north")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=2))
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return made.public_bytes(Encoding.PEM).decode(), secret, made.public_bytes(Encoding.DER)


def test_a_certificate_is_read_and_what_stands_around_it_left_out(write: Write, pair: tuple[str, str, bytes]) -> None:
    write("certificates/north.pem", "subject=CN = north\r\n" + pair[0].replace("\n", "\r\n") + pair[0])
    site = load_site(write("site.yaml", SITE + NORTH + CT))
    assert site.certificates == {"certificates/north.pem": pair[0] * 2}


def test_a_base_files_certificate_lies_beside_the_base_file(write: Write, pair: tuple[str, str, bytes]) -> None:
    write("group/certificates/north.pem", pair[0])
    write("group/_base.yaml", NORTH)
    site = load_site(write("site.yaml", "extends: group/_base.yaml\n" + SITE + CT))
    assert site.certificates == {"certificates/north.pem": pair[0]}


def test_a_private_key_is_refused_wherever_it_stands(
    write: Write, refusals: Refusals, pair: tuple[str, str, bytes]
) -> None:
    said = WHERE.format("holds a private key", "a certificate alone") + (
        "; take the key out of the repository and its history; whoever saw it can pretend to be this device"
    )
    for text in (pair[1], pair[0] + pair[1], pair[1].replace("PRIVATE", "ENCRYPTED PRIVATE")):
        write("certificates/north.pem", text)
        assert refusals(NORTH) == [said]


@pytest.mark.parametrize(
    ("content", "what", "allowed"),
    [
        (b"", "holds no certificate", None),
        (b"der", "holds no certificate", None),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "holds a certificate that cannot be read",
            "X.509 certificates (PEM)",
        ),
        (b"x" * 70000, "is too large for certificates", "at most 64 KiB"),
    ],
    ids=["empty", "der", "no X.509", "large"],
)
def test_what_is_no_certificate_is_refused(
    content: bytes, what: str, allowed: str | None, write: Write, refusals: Refusals, pair: tuple[str, str, bytes]
) -> None:
    write("certificates/north.pem", pair[2] if content == b"der" else content)
    convert = (
        "PEM, which begins with -----BEGIN CERTIFICATE-----; "
        "of DER it is made by: openssl x509 -inform der -in FILE -out FILE.pem"
    )
    assert refusals(NORTH) == [WHERE.format(what, allowed or convert)]


def test_a_folder_is_no_certificate(write: Write, refusals: Refusals) -> None:
    write("certificates/north.pem/inside", "")
    assert refusals(NORTH) == [
        WHERE.format("cannot be read (Is a directory)", "a certificate (PEM) beside the site file")
    ]
