#!/usr/bin/env python3
"""trust.py PEM PASSWORD_FILE JKS: a Java key store of trusted certificates, and their number on stdout.

Written here since a host has no Java, and OpenSSL 3.0 cannot mark a certificate of PKCS #12 as trusted, which Java wants. The form
is that of Java's JKS; its password guards against changes only. The same certificates give the same bytes.
"""

import base64
import hashlib
import re
import struct
import sys
from pathlib import Path

BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
MAGIC, VERSION, TRUSTED = 0xFEEDFEED, 2, 2


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def store(certificates: set, password: str) -> bytes:
    data = struct.pack(">III", MAGIC, VERSION, len(certificates))
    for one in sorted(certificates):
        # The alias names the certificate; the time of its entry would be another one on each host.
        data += struct.pack(">I", TRUSTED) + text(hashlib.sha256(one).hexdigest()) + struct.pack(">Q", 0)
        data += text("X.509") + struct.pack(">I", len(one)) + one
    return data + hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + data).digest()


def certificates(pem: str) -> set:
    return {base64.b64decode("".join(block.split())) for block in BLOCK.findall(pem)}


def main(pem: str, password_file: str, out: str) -> None:
    found = certificates(Path(pem).read_text())
    Path(out).write_bytes(store(found, Path(password_file).read_text().rstrip("\n")))
    print(len(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
