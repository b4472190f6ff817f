"""The certificates that a site names by file: public ones only, read once, when the site is.

A path counts from the file that holds it, so that a base file can bring its own. By OpenSSL, which is there with Python: refused
settings must be answered without heavy packages.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any

from dicom_cdk.settings.errors import Located, Path, Problem, shown
from dicom_cdk.settings.tree import Entries, place

LIMIT_BYTES = 64 * 1024
_ONE = r"-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\s]+?-----END CERTIFICATE-----"
_PRIVATE = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY"


def read_certificates(root: Entries, values: dict[str, Any], report: Callable[[Located], None]) -> dict[str, str]:
    """File, as the site names it, to its certificates (PEM, nothing else of the file); problems go to `report`."""
    found: dict[str, str] = {}
    for path, named in _named(values):
        if named in found:
            continue
        file, line, _ = place(root, path)
        text, problem = _read(path, FilePath(file).parent / named, named)
        if problem is not None:
            report(Located(file, line, problem))
        else:
            found[named] = text
    return found


def _named(values: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for section in ("hospitals", "modalities", "hl7"):
        listed = values.get(section)
        for index, entry in enumerate(listed if isinstance(listed, tuple) else ()):
            named = entry.get("certificate") if isinstance(entry, dict) else None
            if isinstance(named, str):
                yield (section, index, "certificate"), named


def _read(path: Path, file: FilePath, named: str) -> tuple[str, Problem | None]:
    def refuse(what: str, allowed: str, do: str = "") -> tuple[str, Problem]:
        return "", Problem(path, what, shown(named), allowed, do)

    try:
        with file.open("rb") as stream:
            content = stream.read(LIMIT_BYTES + 1)
    except OSError as error:
        why = "no such file" if isinstance(error, FileNotFoundError) else error.strerror or type(error).__name__
        return refuse(f"cannot be read ({why})", "a certificate (PEM) beside the site file")
    text = content.decode("ascii", errors="replace")
    if re.search(_PRIVATE, text):
        return refuse(
            "holds a private key",
            "a certificate alone",
            "take the key out of the repository and its history; whoever saw it can pretend to be this device",
        )
    if len(content) > LIMIT_BYTES:
        return refuse("is too large for certificates", f"at most {LIMIT_BYTES // 1024} KiB")
    blocks = re.findall(_ONE, text)
    if not blocks:
        return refuse(
            "holds no certificate",
            "PEM, which begins with -----BEGIN CERTIFICATE-----",
            "of DER it is made by: openssl x509 -inform der -in FILE -out FILE.pem",
        )
    # Errors in settings are told before anything dear is loaded; few sites hold a certificate.
    import ssl

    plain = "".join(block.replace("\r", "") + "\n" for block in blocks)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=plain)
    except (ssl.SSLError, ValueError):
        return refuse("holds a certificate that cannot be read", "X.509 certificates (PEM)")
    return plain, None
