"""Certificates of a rehearsal: authorities of hospitals and what they issue, made anew each time and gone with it."""

import subprocess
import tempfile
from dataclasses import dataclass
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


def _made(place: Path, name: str, *more: str) -> Certified:
    files = ("-keyout", str(place / "key.pem"), "-out", str(place / "made.pem"))
    command = [need("openssl", "openssl"), "req", "-x509", *KEY, "-subj", f"/CN={name}", "-days", DAYS, *more, *files]
    subprocess.run(command, check=True, capture_output=True)
    return Certified((place / "made.pem").read_text(), (place / "key.pem").read_text())
