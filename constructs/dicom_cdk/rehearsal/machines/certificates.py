"""Certificates of a rehearsal: authorities of hospitals and what they issue, made anew each time and gone with it."""

import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dicom_cdk.rehearsal.programs import need

KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
DAYS = "30"


@dataclass(frozen=True)
class Certified:
    """Certificate and key, PEM."""

    certificate: str
    key: str

    @property
    def pair(self) -> str:
        """Both in one text, the certificate first."""
        return f"{self.certificate}{self.key}"


def authority(name: str) -> Certified:
    """One that signs itself."""
    with tempfile.TemporaryDirectory() as folder:
        return _made(Path(folder), name)


def issued(name: str, by: Certified) -> Certified:
    """One that `by` signed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "ca.pem").write_text(by.certificate)
        (place / "ca-key.pem").write_text(by.key)
        return _made(place, name, "-CA", str(place / "ca.pem"), "-CAkey", str(place / "ca-key.pem"))


def expired(name: str, by: Certified) -> Certified:
    """One that `by` signed, whose last day was yesterday."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    signer = serialization.load_pem_private_key(by.key.encode(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey), "authorities have such keys"
    key, end = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.load_pem_x509_certificate(by.certificate.encode()).subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=int(DAYS)))
        .not_valid_after(end)
        .sign(signer, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Certified(made.public_bytes(serialization.Encoding.PEM).decode(), private.decode())


def context(own: Certified | None, trusted: str, *, server: bool) -> ssl.SSLContext:
    """Of a side that shows `own` and asks the other for a certificate that `trusted` (PEM) knows."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=trusted)
    if own is not None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "own.pem"
            file.write_text(own.pair)
            made.load_cert_chain(file)
    return made


def _made(place: Path, name: str, *more: str) -> Certified:
    files = ("-keyout", str(place / "key.pem"), "-out", str(place / "made.pem"))
    command = [need("openssl", "openssl"), "req", "-x509", *KEY, "-subj", f"/CN={name}", "-days", DAYS, *more, *files]
    subprocess.run(command, check=True, capture_output=True)
    return Certified((place / "made.pem").read_text(), (place / "key.pem").read_text())
