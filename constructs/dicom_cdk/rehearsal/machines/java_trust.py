"""What a Java key store of certificates (JKS) holds: the file that a host's step writes, read as Java would."""

import base64
import hashlib
import struct
from pathlib import Path

from dicom_cdk.rehearsal.checks import Expected

TRUSTED = 2


def certificates(file: Path, password: str) -> str:
    """Its trusted certificates as PEM. Raises Expected for a file that Java would not take."""
    data = file.read_bytes()
    body, digest = data[:-20], data[-20:]
    if hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest() != digest:
        raise Expected(f"{file.name} does not open with its password")
    magic, version, count = struct.unpack(">III", body[:12])
    if (magic, version) != (0xFEEDFEED, 2):
        raise Expected(f"{file.name} is no JKS of version 2")
    found, at = [], 12
    for _ in range(count):
        (kind,) = struct.unpack(">I", body[at : at + 4])
        if kind != TRUSTED:
            raise Expected(f"{file.name} holds more than trusted certificates")
        at = _past_text(body, at + 4) + 8
        at = _past_text(body, at)
        (size,) = struct.unpack(">I", body[at : at + 4])
        found.append(body[at + 4 : at + 4 + size])
        at += 4 + size
    return "".join(_pem(one) for one in found)


def _past_text(body: bytes, at: int) -> int:
    return at + 2 + int(struct.unpack(">H", body[at : at + 2])[0])


def _pem(certificate: bytes) -> str:
    lines = base64.encodebytes(certificate).decode()
    return f"-----BEGIN CERTIFICATE-----\n{lines}-----END CERTIFICATE-----\n"
