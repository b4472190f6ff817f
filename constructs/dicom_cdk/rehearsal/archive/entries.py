"""Entries of the directory as an archive reads them."""

import base64
import subprocess

Attributes = dict[str, list[str]]
"""Of one entry, `dn` among them."""


def asked(url: str, base_dn: str, password_file: str, below: str) -> str:
    """`below`, which is below `base_dn`, and all under it, as unfolded LDIF. Asked as `cn=admin`; raises OSError."""
    command = [
        "ldapsearch",
        "-x",
        "-LLL",
        "-o",
        "ldif-wrap=no",
        "-o",
        "nettimeout=30",
        "-H",
        url,
        "-D",
        f"cn=admin,{base_dn}",
    ]
    command += ["-y", password_file, "-b", f"{below},{base_dn}", "(objectClass=*)"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise OSError(done.stderr.strip())
    return done.stdout


def entries(ldif: str) -> list[Attributes]:
    """Of unfolded LDIF."""
    return [_entry(block) for block in ldif.split("\n\n") if block.strip()]


def _entry(block: str) -> Attributes:
    found: Attributes = {}
    for line in block.splitlines():
        name, _, value = line.partition(":")
        text = base64.b64decode(value[1:]).decode() if value.startswith(":") else value.strip()
        found.setdefault(name, []).append(text)
    return found
