"""Whose HL7 messages the archive takes: the list's part of listed.py."""

from typing import Any

from ldif import MARK, line, plain

HL7 = "HL7 "
"""After the mark: a device that stands for a partner, whose name follows."""
NOBODY = "dicom-cdk|nobody"
"""Where no partner may send: without any name the archive accepts all."""


def take(made: Any, listed: "list | None", character_set: str) -> None:
    """Whose messages the archive takes: those of the list and what people entered. A device with our mark remembers each of
    ours, made before its name is accepted and removed after it is not."""
    ours = {NOBODY} | {
        values["dicomDescription"][0][len(MARK + HL7) :].partition(",")[0]
        for values in (found[1] for found in made.there.values())
        if values.get("dicomDescription", [""])[0].startswith(MARK + HL7)
    }
    if listed is None and ours == {NOBODY}:
        return
    application = made.there.get(plain(f"hl7ApplicationName=*,{made.archive}"))
    if application is None:
        made.conflicts.append("the archive has no HL7 application *; enter it, or take hl7 out of the site's file")
        return
    for one in listed or []:
        remember(made, one)
    now = application[1].get("hl7AcceptedSendingApplication", [])
    theirs = [each for each in now if each not in ours]
    wanted = sorted({*theirs, *(one["application"] for one in listed or [])})
    lines = []
    if listed is not None:
        wanted = wanted or [NOBODY]
        if character_set and application[1].get("hl7DefaultCharacterSet") != [character_set]:
            lines += ["replace: hl7DefaultCharacterSet\n", line("hl7DefaultCharacterSet", character_set), "-\n"]
            made.said.append(f"HL7 messages that name no character set are read as {character_set}")
    if sorted(now) != wanted:
        lines += ["replace: hl7AcceptedSendingApplication\n"]
        lines += [*(line("hl7AcceptedSendingApplication", each) for each in wanted), "-\n"]
        named = ", ".join(each for each in wanted if each != NOBODY)
        made.said.append(f"HL7 is taken of {named or ('anybody' if listed is None else 'nobody')}")
    if lines:
        made.changes.append("".join([line("dn", application[0]), "changetype: modify\n", *lines]))


def remember(made: Any, one: dict) -> None:
    dn, name = made.device(f"hl7-{one['application']}"), f"hl7-{one['application']}"
    text = f"{MARK}{HL7}{one['application']}, {one['hospital']}, sends {', '.join(one['sends'])}"
    there = made.there.get(plain(dn))
    if there is None:
        lines = [line("dn", dn), "changetype: add\n", "objectClass: dicomDevice\n", "objectClass: dcmDevice\n"]
        lines += [line("dicomDeviceName", name), "dicomInstalled: TRUE\n", line("dicomDescription", text)]
        made.changes.append("".join(lines))
    elif there[1].get("dicomDescription") != [text]:
        lines = [line("dn", there[0]), "changetype: modify\nreplace: dicomDescription\n"]
        made.changes.append("".join([*lines, line("dicomDescription", text), "-\n"]))
