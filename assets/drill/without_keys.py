"""LDIF of entries with dcmProperty in, changes out that take the keys of object storages from them. Standard library only."""

import base64
import sys

KEYS = ("identity=", "credential=")


def value(line: str) -> str:
    """Of a line `name: value`, or `name:: base64`."""
    text = line.partition(":")[2]
    return base64.b64decode(text[1:]).decode() if text.startswith(":") else text.strip()


def changes(ldif: str) -> str:
    """Of each entry that holds a key: its other properties, in place of all."""
    found = []
    for entry in ldif.strip().split("\n\n"):
        lines = entry.splitlines()
        held = [line for line in lines if line.startswith("dcmProperty:")]
        kept = [line for line in held if not value(line).startswith(KEYS)]
        if kept != held:
            dn = next(line for line in lines if line.startswith("dn:"))
            found.append("\n".join([dn, "changetype: modify", "replace: dcmProperty", *kept, "-", ""]))
    return "\n".join(found)


if __name__ == "__main__":
    sys.stdout.write(changes(sys.stdin.read()))
