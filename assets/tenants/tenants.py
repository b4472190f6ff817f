#!/usr/bin/env python3
"""tenants.py VALUES FOLDER IDENTITY CREDENTIAL

From VALUES and FOLDER/there.ldif, the archive's device and whose AE titles there are: FOLDER/changes.ldif, said, conflicts, as
listed.py writes them. Identity and credential are files. Run until nothing is to change.
"""

import json
import re
import sys
from pathlib import Path

import places
from ldif import APART, MARK, Values, escaped, line, plain, read

OURS = f"{MARK}tenant"
NOT_COPIED = (
    "dicomAETitle", "dicomDescription", "dicomInstalled", "dcmObjectStorageID", "dcmStoreAccessControlID",
    "dcmAccessControlID", "dcmAcceptedCallingAETitle", "dcmOtherAETitle", "objectClass",
)  # fmt: skip


class Tenants:
    def __init__(self, values: dict, there: dict, identity: str, credential: str) -> None:
        self.values, self.there, self.key = values, there, (identity, credential)
        configuration = f"cn=DICOM Configuration,{values['base_dn']}"
        self.device = f"dicomDeviceName={values['device_name']},cn=Devices,{configuration}"
        self.registry = f"cn=Unique AE Titles Registry,{configuration}"
        self.changes: list[str] = []
        self.said: list[str] = []
        self.conflicts: list[str] = []

    def title(self, name: str) -> str:
        return f"dicomAETitle={escaped(name)},{self.device}"

    def entry(self, dn: str) -> "Values | None":
        found = self.there.get(plain(dn))
        return found[1] if found else None

    def below(self, dn: str, kind: str) -> list[tuple[str, Values]]:
        """Entries right below `dn` that are a `kind`."""
        end = APART + plain(dn)
        return [
            (found[0], found[1])
            for key, found in sorted(self.there.items())
            if key.endswith(end) and APART not in key[: -len(end)] and kind in found[1].get("objectClass", [])
        ]

    def add(self, dn: str, classes: list[str], attributes: Values) -> None:
        lines = [line("dn", dn), "changetype: add\n", *(f"objectClass: {one}\n" for one in classes)]
        self.changes.append(
            "".join([*lines, *(line(name, one) for name, several in attributes.items() for one in several)])
        )

    def bring(self, dn: str, classes: list[str], wanted: Values, named: Values, words: str) -> None:
        """`dn` with the values `wanted`; `named`: what a new entry has besides."""
        now = self.entry(dn)
        if now is None:
            self.add(dn, classes, {**named, **wanted})
            self.said.append(f"added {words}")
            return
        differing = {name: new for name, new in wanted.items() if sorted(now.get(name, [])) != sorted(new)}
        if differing:
            lines = [line("dn", dn), "changetype: modify\n"]
            for name, new in differing.items():
                lines += [f"replace: {name}\n", *(line(name, one) for one in new), "-\n"]
            self.changes.append("".join(lines))
            self.said.append(f"changed {words}")

    def conflict(self, name: str) -> str:
        now = self.entry(self.title(name))
        if now is not None:
            if now.get("dicomDescription", [""])[0].startswith(OURS):
                return ""
            return (
                f"AE title {name} of the archive was entered elsewhere; take it out there, or give the tenant another"
            )
        first = plain(f"dicomAETitle={escaped(name)},")
        for key, (dn, _) in sorted(self.there.items()):
            if key.startswith(first) and not key.endswith(APART + plain(self.registry)):
                return (
                    f"AE title {name} is that of {dn.partition(',')[2]}; take it out there, or give the tenant another"
                )
        return ""

    def enter(self, tenant: dict) -> None:
        name, values = tenant["ae_title"], self.values
        model, title = self.title(values["model"]), self.title(name)
        storage = tenant["storage_id"]
        self.storage(storage, places.bucket(values, tenant, *self.key), f"storage {storage}: {places.words(tenant)}")
        first = storage
        if values["receive"] != "direct":
            folder = places.folder_id(values, tenant)
            self.storage(folder, places.folder(values, tenant), f"storage {folder}, purged of what {storage} holds")
            exporter = places.exporter_id(tenant)
            self.bring(
                f"dcmExporterID={exporter},{self.device}", ["dcmExporter"], places.exporter(tenant),
                {"dcmExporterID": [exporter]}, f"exporter {exporter}",
            )  # fmt: skip
            if values["receive"] == "cache" and self.ruled(tenant):
                first = folder
        given = {
            "dicomDescription": [f"{OURS}, images in {places.words(tenant)}"],
            "dicomInstalled": ["TRUE"],
            "dcmObjectStorageID": [first],
            "dcmStoreAccessControlID": [name],
            "dcmAccessControlID": [name],
        }
        like = self.entry(model) or {}
        copied = {one: its for one, its in like.items() if one not in NOT_COPIED}
        classes = like.get("objectClass", [])
        self.bring(
            title, classes, given, {"dicomAETitle": [name], **copied}, f"AE title {name}, which stores to {first}"
        )
        for dn, found in self.below(model, "dicomTransferCapability"):
            self.copy(f"{first_part(dn)},{title}", found)
        self.web(name)
        registered = f"dicomAETitle={escaped(name)},{self.registry}"
        self.bring(registered, ["dicomUniqueAETitle"], {}, {"dicomAETitle": [name]}, f"AE title {name} in the registry")
        if values["receive"] == "cache":
            self.bring(
                f"cn={places.RULE},{title}", ["dcmExportRule"], places.rule(values, tenant), {"cn": [places.RULE]},
                f"rule of {name}: what comes in goes on to {storage}",
            )  # fmt: skip
        elif self.ruled(tenant) and (self.entry(title) or {}).get("dcmObjectStorageID") == [storage]:
            self.changes.append(line("dn", f"cn={places.RULE},{title}") + "changetype: delete\n")
            self.said.append(f"removed the rule of {name}")

    def ruled(self, tenant: dict) -> bool:
        return self.entry(f"cn={places.RULE},{self.title(tenant['ae_title'])}") is not None

    def storage(self, name: str, wanted: Values, words: str) -> None:
        dn = f"dcmStorageID={name},{self.device}"
        self.bring(dn, ["dcmStorage"], wanted, {"dcmStorageID": [name]}, words)

    def copy(self, dn: str, found: Values) -> None:
        """What the model can do now, the tenant can; what somebody added or changed below it stays."""
        if self.entry(dn) is None:
            self.add(dn, found["objectClass"], {one: its for one, its in found.items() if one != "objectClass"})

    def web(self, name: str) -> None:
        """DICOMweb of the model's AE title, below the tenant's."""
        model = self.values["model"]
        for _, found in self.below(self.device, "dcmWebApp"):
            path, app = found.get("dcmWebServicePath", [""])[0], found["dcmWebAppName"][0]
            if found.get("dicomAETitle") != [model] or f"/aets/{model}/" not in f"{path}/":
                continue
            own = name + app[len(model) :] if app.startswith(model) else f"{app}-{name}"
            more = {
                "dcmWebAppName": [own],
                "dicomAETitle": [name],
                "dcmWebServicePath": [f"{path}/".replace(f"/aets/{model}/", f"/aets/{name}/")[:-1]],
                "dicomDescription": [OURS],
            }
            self.copy(f"dcmWebAppName={escaped(own)},{self.device}", {**found, **more})

    def close(self) -> None:
        """What comes in at other AE titles is marked as theirs, who is not told any more answers nobody."""
        told = {one["ae_title"] for one in self.values["tenants"]}
        for dn, found in self.below(self.device, "dicomNetworkAE"):
            name = found["dicomAETitle"][0]
            if found.get("dicomDescription", [""])[0].startswith(OURS):
                if name not in told:
                    self.bring(
                        dn,
                        [],
                        {"dicomInstalled": ["FALSE"]},
                        {},
                        f"AE title {name}: it answers no more, its images stay",
                    )
            elif found.get("dcmObjectStorageID") and not found.get("dcmStoreAccessControlID"):
                own = {"dcmStoreAccessControlID": [name]}
                self.bring(dn, [], own, {}, f"AE title {name}: no tenant sees what comes in there from now on")


def first_part(dn: str) -> str:
    found = re.match(r"(?:\\.|[^,\\])*", dn)
    return found[0] if found else dn


def main(file: str, folder: str, identity: str, credential: str) -> None:
    work, values = Path(folder), json.loads(Path(file).read_text())
    key = (Path(one).read_text().strip() for one in (identity, credential))
    made = Tenants(values, read((work / "there.ldif").read_text()), *key)
    if made.entry(made.title(values["model"])) is None:
        sys.exit(f"tenants: AE title {values['model']} is not in the directory; correct archive.ae_title")
    for tenant in values["tenants"]:
        if problem := made.conflict(tenant["ae_title"]):
            made.conflicts.append(problem)
        else:
            made.enter(tenant)
    made.close()
    (work / "changes.ldif").write_text("\n".join(made.changes))
    for name, lines in (("said", made.said), ("conflicts", made.conflicts)):
        (work / name).write_text("".join(f"{one}\n" for one in lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
