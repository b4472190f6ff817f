"""AE titles of the archive that tell storing from querying: the list's part of listed.py.

The archive lets a caller in by AE title, and an AE title does what its transfer capabilities say: one takes images and finds none,
one finds and sends images and takes none. Both are made after the archive's own title and what is below it.
"""

import re
from collections.abc import Iterator
from typing import Any

from callers import ACCEPTED, OURS, titles
from ldif import APART, MARK, Values, escaped, line, plain

DESCRIBED = f"{MARK}apart"
"""Begins the description of such a title."""
WORDS = {"store_ae_title": "takes images and finds none", "query_ae_title": "finds and sends images and takes none"}
QUERIES = "1.2.840.10008.5.1.4.1.2."
"""Begins the UIDs of query and retrieve (PS3.6 table A-1)."""
VERIFICATION = "1.2.840.10008.1.1"
SHARES = "dcmShareTransferCapabilitiesFromAETitle"
"""Whose transfer capabilities an AE title has beside its own, from 5.32 on."""
NOT_COPIED = (
    "dicomAETitle", "dicomDescription", "dicomInstalled", "dcmObjectStorageID", "dcmOtherAETitle", "objectClass", ACCEPTED,
    SHARES,
)  # fmt: skip


def make(made: Any, archive: dict) -> None:
    """The titles that the list names; those of ours that it names no more go. Run until nothing is to change."""
    named = {archive[kind]: kind for kind in WORDS if archive.get(kind)}
    for dn, values in titles(made):
        if described(values) and values["dicomAETitle"][0] not in named:
            remove(made, dn, values["dicomAETitle"][0])
    for title, kind in sorted(named.items()):
        if problem := conflict(made, title, archive["ae_title"]):
            made.conflicts.append(problem)
        else:
            enter(made, archive["ae_title"], title, kind)


def described(values: Values) -> bool:
    return values.get("dicomDescription", [""])[0].startswith(DESCRIBED)


def conflict(made: Any, title: str, model: str) -> str:
    if plain(f"dicomAETitle={model},{made.archive}") not in made.there:
        return f"AE title {model} of the archive is not in the directory; correct archive.ae_title"
    there = made.there.get(plain(f"dicomAETitle={title},{made.archive}"))
    for name, entry in ((model, made.there[plain(f"dicomAETitle={model},{made.archive}")]), (title, there)):
        if entry is not None and SHARES in entry[1]:
            return f"AE title {name} of the archive can do what {entry[1][SHARES][0]} can ({SHARES}); take that out"
    if there is not None and not described(there[1]):
        return f"AE title {title} of the archive was entered elsewhere; take it out there, or choose another"
    if there is None and title.casefold() in made.titles:
        device = made.there[made.titles[title.casefold()][0]][1]["dicomDeviceName"][0]
        return f"AE title {title} is device {device}'s; take it out there, or choose another"
    return ""


def enter(made: Any, model: str, title: str, kind: str) -> None:
    """First a title that nobody may call and that can do nothing, then what is below it, what it can do at the end."""
    like, own = f"dicomAETitle={model},{made.archive}", f"dicomAETitle={title},{made.archive}"
    _, its = made.there[plain(like)]
    there = made.there.get(plain(own))
    before = len(made.changes)
    first = its.get("dcmObjectStorageID", []) if kind == "store_ae_title" else []
    if there is None:
        copied = {name: values for name, values in its.items() if name not in NOT_COPIED}
        given = {"dicomAETitle": [title], "dicomDescription": [f"{DESCRIBED}, {WORDS[kind]}"], ACCEPTED: [OURS]}
        add(made, own, its["objectClass"], {**copied, **given, "dcmObjectStorageID": first})
    for dn, found in sorted(below(made, like), key=lambda one: "dicomTransferRole" in one[1]):
        target = f"{first_part(dn)},{own}"
        if plain(target) not in made.there and wanted(found, kind):
            add(made, target, found["objectClass"], {name: its for name, its in found.items() if name != "objectClass"})
    if there is not None and sorted(there[1].get("dcmObjectStorageID", [])) != sorted(first):
        lines = [line("dn", own), "changetype: modify\nreplace: dcmObjectStorageID\n"]
        made.changes.append("".join([*lines, *(line("dcmObjectStorageID", one) for one in first), "-\n"]))
    registered = f"dicomAETitle={title},{made.registry}"
    if plain(registered) not in made.there:
        add(made, registered, ["dicomUniqueAETitle"], {"dicomAETitle": [title]})
    if len(made.changes) > before:
        made.said.append(f"AE title {title} {WORDS[kind]}")
    made.conflicts += [
        f"AE title {title} can do more than it should by {dn}, which somebody entered there; take that out"
        for dn, found in below(made, own)
        if not wanted(found, kind)
    ]


def wanted(found: Values, kind: str) -> bool:
    """Whether such a title has what is below the archive's own."""
    if found.get("dicomTransferRole") != ["SCP"]:
        return True
    sop_class = found["dicomSOPClass"][0]
    if kind == "store_ae_title":
        return not sop_class.startswith(QUERIES)
    return sop_class.startswith(QUERIES) or sop_class == VERIFICATION


def below(made: Any, dn: str) -> Iterator[tuple[str, Values]]:
    """Entries right below `dn`."""
    end = APART + plain(dn)
    for key, found in sorted(made.there.items()):
        if key.endswith(end) and APART not in key[: -len(end)]:
            yield found


def remove(made: Any, dn: str, title: str) -> None:
    registered = plain(f"dicomAETitle={escaped(title)},{made.registry}")
    gone = [registered] if registered in made.there else []
    gone += sorted((key for key in made.there if key.endswith(APART + plain(dn))), key=len, reverse=True)
    made.changes += [line("dn", made.there[key][0]) + "changetype: delete\n" for key in [*gone, plain(dn)]]
    made.said.append(f"removed AE title {title} of the archive")
    for key in [*gone, plain(dn)]:
        del made.there[key]


def add(made: Any, dn: str, classes: list, attributes: Values) -> None:
    lines = [line("dn", dn), "changetype: add\n", *(f"objectClass: {one}\n" for one in classes)]
    made.changes.append("".join([*lines, *(line(name, one) for name, its in attributes.items() for one in its)]))


def first_part(dn: str) -> str:
    found = re.match(r"(?:\\.|[^,\\])*", dn)
    return found[0] if found else dn
