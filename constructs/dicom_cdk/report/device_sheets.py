"""For the technician of each listed modality: what to set on the device, on one sheet of plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.modality_list import STORE, called_titles, listed, partners

PLAIN_PORT, TLS_PORT = 11112, 2762
USES = {
    "store": "send images (C-STORE), ask whether they are kept (storage commitment)",
    "query": "look for studies (C-FIND)",
    "retrieve": "have images sent to it (C-MOVE)",
    "worklist": "get the day's list (Modality Worklist) and report steps (MPPS)",
}

SENDS = {"adt": "patients (ADT)", "order": "orders for the worklist (OMI^O23, ORM^O01)"}


@dataclass(frozen=True)
class Sheet:
    """One device. `rows`: what is set, and to what."""

    ae_title: str
    hospital: str
    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def sheets(document: Document) -> list[Sheet]:
    """Devices in the order of AE titles, then HL7 partners; empty for a stack without lists."""
    there, sending = listed(document), partners(document)
    found = [_sheet(one, there["archive"], called_titles(there, one)) for one in there["modalities"]] if there else []
    return found + ([_partner(one, sending["archive"]) for one in sending["hl7"]] if sending else [])


def as_text(found: list[Sheet]) -> str:
    """All sheets, each to be cut off and handed over."""
    return "\n\f\n".join("\n".join(_lines(one)) for one in found) + ("\n" if found else "")


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"{sheet.ae_title} of {sheet.hospital}"
    yield ""
    wide = max(len(name) for name, _ in sheet.rows)
    for name, value in sheet.rows:
        yield f"{name.ljust(wide)}  {value}"
    yield ""
    for note in sheet.notes:
        yield f"- {note}"


TITLE_ROWS = {
    "store and query": "Archive's AE title",
    "store": "Archive's AE title, to store",
    "query": "Archive's AE title, to query",
}


def _sheet(one: dict[str, Any], archive: dict[str, str], titles: dict[str, str]) -> Sheet:
    tls, may = one["tls"], one["may"]
    called = next(iter(titles.values()), archive["worklist_ae_title"])
    worklist = archive["worklist_ae_title"]
    apart = worklist != archive["ae_title"]
    rows = [
        ("Own AE title", one["ae_title"]),
        ("Own address", one["address"]),
        ("Own port", str(one["port"])),
        *((TITLE_ROWS[use], title) for use, title in titles.items()),
        ("Archive's address", archive["address"]),
        ("Archive's port", str(TLS_PORT if tls else PLAIN_PORT)),
        (
            "TLS",
            "1.2 or 1.3, with a certificate on both sides" if tls else f"none ({one.get('reason', 'no reason given')})",
        ),
        ("May", ", ".join(may)),
    ]
    if "worklist" in may:
        at = next(number for number, (name, _) in enumerate(rows) if name == "TLS")
        rows.insert(at, ("Worklist's AE title", worklist if apart else called))
    notes = [f"{each}: {USES[each]}" for each in may]
    if "retrieve" in may or "store" in may:
        origin = archive.get("sends_from") or archive["address"]
        notes.append(f"The archive calls back at {one['address']}:{one['port']}: let it in from {origin}.")
    if "sends_from" in archive:
        notes += [
            f"A second destination, where the device takes one: the same address, port {2763 if tls else 11113}.",
            "An association that breaks off was not answered to its end: send again what was not confirmed.",
        ]
    if tls:
        notes += [
            f"Import the archive's certificate as trusted: openssl s_client -connect {archive['address']}:{TLS_PORT} -showcerts",
            "Give the device a certificate of its hospital's authority, or the one that the site names for it.",
            "Ciphers: TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM.",
        ]
    notes.append("An association from another address or with another AE title is refused.")
    if STORE in archive:
        notes.append(
            "It is refused at every other AE title of the archive, and one does nothing but what is said here."
        )
    elif called != archive["ae_title"]:
        more = f" but {worklist}" if apart and "worklist" in may else ""
        notes.append(f"It is refused at every other AE title of the archive{more}.")
    elif apart and "worklist" not in may:
        notes.append(f"It is refused at {worklist}.")
    if STORE not in archive and set(may) & {"store", "query", "retrieve"}:
        notes.append(
            f"At {called} the archive does not tell storing from querying by caller: set no more on the device than it may."
        )
    return Sheet(one["ae_title"], one["hospital"], tuple(rows), tuple(notes))


def _partner(one: dict[str, Any], archive: dict[str, str]) -> Sheet:
    tls, (application, _, facility) = one["tls"], one["application"].partition("|")
    rows = (
        ("Sending application", application),
        ("Sending facility", facility),
        ("Own address", one["address"]),
        ("Archive's address", archive["hl7_address"]),
        ("Archive's port", "12575" if tls else "2575"),
        (
            "TLS",
            "1.2 or 1.3, with a certificate on both sides" if tls else f"none ({one.get('reason', 'no reason given')})",
        ),
        ("Sends", ", ".join(SENDS[each] for each in one["sends"])),
    )
    notes: tuple[str, ...] = (
        "Say the character set in every message (MSH-18), such as UNICODE UTF-8.",
        "Give an order its accession number, study UID and station (IPC of OMI^O23): without a station it is on the list of none.",
        "A message of another application or facility, or from another address, is refused.",
    )
    if "sends_from" in archive:
        beside = 12576 if tls else 2576
        notes = (*notes, f"A second destination, where the system takes one: the same address, port {beside}.")
    return Sheet(one["application"], one["hospital"], rows, notes)
