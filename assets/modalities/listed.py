#!/usr/bin/env python3
"""listed.py LIST FOLDER BASE_DN DEVICE_NAME

From the list and FOLDER/there.ldif, all of the DICOM configuration: FOLDER/changes.ldif, what has to be written, in an order that
may end anywhere; said, a line a change; conflicts, a line each; count. A device is ours by the mark in its description, and with it
the connection, the AE title and its entry in the registry.
"""

import json
import sys
from pathlib import Path

import apart
from callers import devices, limit
from ldif import APART, MARK, Entries, Values, escaped, line, plain, read
from partners import take

CIPHERS = [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
]


def about(one: dict) -> str:
    return f"{one['hospital']}, may {', '.join(one['may'])}"


class Comparison:
    def __init__(self, entries: Entries, base_dn: str, device_name: str) -> None:
        self.there = entries
        configuration = f"cn=DICOM Configuration,{base_dn}"
        self.devices, self.registry = f"cn=Devices,{configuration}", f"cn=Unique AE Titles Registry,{configuration}"
        self.archive = f"dicomDeviceName={device_name},{self.devices}"
        self.changes: list[str] = []
        self.said: list[str] = []
        self.conflicts: list[str] = []
        self.titles: dict[str, list[str]] = {}
        for key, (_, values) in entries.items():
            if key.startswith("dicomaetitle=") and not key.endswith(plain(self.registry)):
                self.titles.setdefault(values["dicomAETitle"][0].casefold(), []).append(key.partition(APART)[2])
        self.listed_before = {title for device, title in devices(self) if self.ours(device)}

    def device(self, title: str) -> str:
        return f"dicomDeviceName={escaped(title)},{self.devices}"

    def ours(self, key: str) -> bool:
        found = self.there.get(key)
        return found is not None and found[1].get("dicomDescription", [""])[0].startswith(MARK)

    def wanted(self, one: dict) -> list[tuple[str, list[str], Values]]:
        """DN, classes and attributes of the four entries, in the order in which they are made."""
        title, device = one["ae_title"], self.device(one["ae_title"])
        connection = f"cn=dicom,{device}"
        return [
            (
                device,
                ["dicomDevice", "dcmDevice"],
                {"dicomDeviceName": [title], "dicomInstalled": ["TRUE"], "dicomDescription": [MARK + about(one)]},
            ),
            (
                connection,
                ["dicomNetworkConnection", "dcmNetworkConnection"],
                {
                    "cn": ["dicom"],
                    "dicomHostname": [one["address"]],
                    "dicomPort": [str(one["port"])],
                    "dicomTLSCipherSuite": CIPHERS if one["tls"] else [],
                },
            ),
            (
                f"dicomAETitle={escaped(title)},{device}",
                ["dicomNetworkAE", "dcmNetworkAE"],
                {
                    "dicomAETitle": [title],
                    "dicomAssociationInitiator": ["TRUE"],
                    "dicomAssociationAcceptor": ["TRUE"],
                    "dicomNetworkConnectionReference": [connection],
                },
            ),
            (f"dicomAETitle={escaped(title)},{self.registry}", ["dicomUniqueAETitle"], {"dicomAETitle": [title]}),
        ]

    def conflict(self, title: str) -> str:
        device = self.device(title)
        if plain(device) in self.there and not self.ours(plain(device)):
            return f"device {title} was entered elsewhere; take it out there, or the entry out of the list"
        others = [each for each in self.titles.get(title.casefold(), []) if each != plain(device)]
        if others:
            name = self.there[others[0]][1]["dicomDeviceName"][0] if others[0] in self.there else others[0]
            return f"AE title {title} is device {name}'s; take it out there, or the entry out of the list"
        if (
            plain(f"dicomAETitle={escaped(title)},{self.registry}") in self.there
            and title.casefold() not in self.titles
        ):
            return f"AE title {title} is in the registry of unique AE titles, but no device has it; take it out there"
        return ""

    def enter(self, one: dict) -> None:
        told = []
        for dn, classes, attributes in self.wanted(one):
            there = self.there.get(plain(dn))
            if there is None:
                told.append("added")
                lines = [line("dn", dn), "changetype: add\n", *(f"objectClass: {each}\n" for each in classes)]
                lines += [line(name, each) for name, values in attributes.items() for each in values]
                self.changes.append("".join(lines))
                continue
            different = {
                name: values
                for name, values in attributes.items()
                if sorted(map(plain, there[1].get(name, []))) != sorted(map(plain, values)) and name != "cn"
            }
            if different:
                told.append("changed")
                lines = [line("dn", there[0]), "changetype: modify\n"]
                for name, values in different.items():
                    lines += [f"replace: {name}\n", *(line(name, each) for each in values), "-\n"]
                self.changes.append("".join(lines))
        if told:
            added = set(told) == {"added"} and len(told) == 4
            self.said.append(f"{'added' if added else 'changed'} {one['ae_title']}: {about(one)}")

    def remove(self, dn: str) -> None:
        title = self.there[dn][1]["dicomDeviceName"][0]
        nobody = {"ae_title": title, "hospital": "", "may": [], "address": "", "port": 0, "tls": False}
        made = {plain(each) for each, _, _ in self.wanted(nobody)}
        below = [key for key in self.there if key.endswith(APART + dn)]
        foreign = sorted(self.there[key][0] for key in below if key not in made)
        if foreign:
            self.conflicts.append(
                f"device {title} is not listed any more, but holds what was entered elsewhere ({foreign[0]}); take that out there"
            )
            return
        registered = plain(f"dicomAETitle={escaped(title)},{self.registry}")
        gone = [registered] if registered in self.there else []
        gone += [*sorted(below, key=len, reverse=True), dn]
        self.changes += [line("dn", self.there.pop(key)[0]) + "changetype: delete\n" for key in gone]
        self.said.append(f"removed {title}")

    def close(self) -> None:
        """The archive takes calls only of AE titles that it knows, from their addresses."""
        dn, values = self.there[plain(self.archive)]
        switch = "dcmValidateCallingAEHostname"
        if values.get(switch) != ["TRUE"]:
            self.changes.append(line("dn", dn) + f"changetype: modify\nreplace: {switch}\n{switch}: TRUE\n-\n")
            self.said.append("the archive refuses callers that it does not know by AE title and address")
        for key, (_, found) in self.there.items():
            if (
                key.startswith("dicomaetitle=")
                and key.endswith(APART + plain(self.archive))
                and found.get(switch) == ["FALSE"]
            ):
                title = found["dicomAETitle"][0]
                self.conflicts.append(
                    f"AE title {title} of the archive takes calls of anybody ({switch}: FALSE); take that out there"
                )


def main(file: str, folder: str, base_dn: str, device_name: str) -> None:
    work, given = Path(folder), json.loads(Path(file).read_text())
    listed, partners = given.get("modalities"), given.get("hl7")
    made = Comparison(read((work / "there.ldif").read_text()), base_dn, device_name)
    take(made, partners, given.get("hl7_character_set", ""))
    # One that is called otherwise by case alone is another: a DN cannot be changed in place.
    names = {one["ae_title"] for one in listed or []} | {f"hl7-{one['application']}" for one in partners or []}
    for dn in sorted(made.there):
        ours = dn.startswith("dicomdevicename=") and dn.endswith(APART + plain(made.devices)) and made.ours(dn)
        if ours and made.there[dn][1]["dicomDeviceName"][0] not in names:
            made.remove(dn)
    for one in sorted(listed or [], key=lambda one: one["ae_title"]):
        if problem := made.conflict(one["ae_title"]):
            made.conflicts.append(problem)
        else:
            made.enter(one)
    if listed is not None:
        made.close()
    archive = given.get("archive", {})
    apart.make(made, archive)
    limit(made, listed, archive, given.get("tenants", []))
    (work / "changes.ldif").write_text("\n".join(made.changes))
    for name, lines in (("said", made.said), ("conflicts", made.conflicts)):
        (work / name).write_text("".join(f"{each}\n" for each in lines))
    counted = [] if listed is None else [f"{len(listed)} modalities"]
    counted += [] if partners is None else [f"{len(partners)} HL7 partners"]
    (work / "count").write_text(", ".join(counted))


if __name__ == "__main__":
    main(*sys.argv[1:])
