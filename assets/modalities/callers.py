"""Which AE titles of the archive a listed device may call: the list's part of listed.py.

An AE title of the archive takes calls of every known device until it names some (dcmAcceptedCallingAETitle). It does here where a
listed device must not call it, and nowhere else.
"""

from collections.abc import Iterator
from typing import Any

from ldif import APART, Values, line, plain

ACCEPTED = "dcmAcceptedCallingAETitle"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
OURS = "dicom-cdk|listed"
"""Among the names of a list that is ours: an AE title of nobody's."""
USES = {"store_ae_title": ("store",), "query_ae_title": ("query", "retrieve")}
"""AE titles that tell storing from querying, and what a device that calls them may do."""


def limit(made: Any, listed: "list | None", archive: dict, tenants: list) -> None:
    """Each tenant's title for devices of its hospitals, and they for no other; a worklist apart for those with `worklist`; where
    titles tell storing from querying, each for those that may, and the others for no listed device."""
    whose = {hospital: one["ae_title"] for one in tenants for hospital in one["hospitals"]}
    own = {one["ae_title"] for one in tenants}
    known = {one["ae_title"] for one in listed or []}
    uses = {archive[name]: set(its) for name, its in USES.items() if name in archive}
    if uses and archive["worklist_ae_title"] == archive["ae_title"]:
        uses[archive["store_ae_title"]].add("worklist")
    people, samples = entered(made)
    for dn, values in titles(made):
        title = values["dicomAETitle"][0]
        if title == archive.get("worklist_ae_title") and title != archive.get("ae_title"):
            may = {one["ae_title"] for one in listed or [] if "worklist" in one["may"]}
        elif uses:
            may = {one["ae_title"] for one in listed or [] if uses.get(title, set()) & set(one["may"])}
        else:
            # A hospital without a tenant calls what is nobody's.
            its = title if title in own and title in whose.values() else None
            may = {one["ae_title"] for one in listed or [] if whose.get(one["hospital"]) == its}
        others = set() if title in own or title in uses else people
        accept(made, dn, values, may, known, others, samples)


def accept(made: Any, dn: str, values: Values, may: set, known: set, others: set, nobodys: set) -> None:
    now, title = set(values.get(ACCEPTED, [])), values["dicomAETitle"][0]
    if now and OURS not in now:
        if wrong := sorted(now & (known - may)):
            made.conflicts.append(
                f"AE title {title} of the archive takes calls of {', '.join(wrong)}, which somebody entered there ({ACCEPTED}); "
                "take that out"
            )
        return
    wanted: set[str] = set()
    if may != known:
        # What people added to the list stays.
        wanted = {OURS} | may | (now - known - made.listed_before - nobodys) | others
    if wanted == now:
        return
    lines = [
        line("dn", dn),
        f"changetype: modify\nreplace: {ACCEPTED}\n",
        *(line(ACCEPTED, one) for one in sorted(wanted)),
        "-\n",
    ]
    made.changes.append("".join(lines))
    named = ", ".join(sorted(wanted - {OURS}))
    made.said.append(f"AE title {title} takes calls of {(named or 'nobody') if wanted else 'every known device'}")


def titles(made: Any) -> Iterator[tuple[str, Values]]:
    """The archive's own."""
    for key, (dn, values) in sorted(made.there.items()):
        if key.startswith("dicomaetitle=") and key.endswith(APART + plain(made.archive)):
            yield dn, values


def devices(made: Any) -> Iterator[tuple[str, str]]:
    """Key of the device and AE title of every other in the directory."""
    for key, (_, values) in made.there.items():
        if key.startswith("dicomaetitle=") and key.endswith(APART + plain(made.devices)):
            device = key.partition(APART)[2]
            if device != plain(made.archive):
                yield device, values["dicomAETitle"][0]


def entered(made: Any) -> "tuple[set, set]":
    """AE titles of devices that people entered, which go on calling, and of the image's own samples (STORESCP, SCHEDULEDSTATION):
    those are at the archive's loopback, from where nobody calls, and their names are known to everybody.
    """
    people: set[str] = set()
    samples: set[str] = set()
    for device, title in devices(made):
        if not made.ours(device):
            end = APART + device
            hosts = {
                host
                for key, (_, its) in made.there.items()
                if key.endswith(end)
                for host in its.get("dicomHostname", [])
            }
            (samples if hosts and hosts <= LOOPBACK else people).add(title)
    return people, samples
