"""receive.py VALUES PASSWORD IDENTITY CREDENTIAL NEWS: the directory's entries of the shared folder and its way to the bucket.

All arguments are files; NEWS is made when something changed. Each entry is read, written where it differs, and read back. The order
is what keeps images: nothing is received into the folder before the rule that exports it is there. Python 3.10, standard library.

Over 200 lines: a host step brings one Python file, which no package stands behind.
"""

import base64
import json
import subprocess
import sys
from pathlib import Path

EXPORTER, RULE, QUEUE = "to-oss", "To OSS", "Export"
TENANT = "dicom-cdk: tenant"
"""Begins the description of an AE title that is not the site's own."""
FOLDERS = ("file:", "${jboss.")
"""Begin the address of a storage that is a folder: by path, or by a property of WildFly's, as dcm4che's own samples do."""
RETRIES = 1000000
"""A minute apart: two years. Without the multiplier, since the queue's default doubles the delay at every failure: after 52 of
them (8 hours) the number overflows, is negative and ends the task as FAILED."""

Entry = dict[str, list[str]]


class Refused(Exception):
    """What the step says and ends with."""


class Directory:
    """The directory as cn=admin, by the LDAP programs: LDIF goes by standard input, the password by file."""

    def __init__(self, url: str, base_dn: str, password: str, news: Path) -> None:
        self.url, self.base_dn, self.news, self.changed = url, base_dn, news, False
        self._as = ["-x", "-o", "nettimeout=10", "-H", url, "-D", f"cn=admin,{base_dn}", "-y", password]

    def _call(self, program: str, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["timeout", "20", program, *self._as, *arguments], input=text, capture_output=True, text=True, check=False
        )

    def entry(self, dn: str) -> "Entry | None":
        found = self._search("-s", "base", "-b", dn, "(objectClass=*)")
        return found[0] if found else None

    def remove(self, dn: str) -> None:
        if self.entry(dn) is None:
            return
        self.changed = True
        self.news.touch()
        done = self._call("ldapdelete", dn)
        if done.returncode:
            raise Refused(f"{dn} was not removed: {(done.stderr.strip().splitlines() or ['nothing said'])[0]}")
        print(f"removed: {dn.partition(',')[0]}", flush=True)

    def below(self, dn: str, filter: str) -> "list[Entry]":
        return self._search("-s", "one", "-b", dn, filter) or []

    def _search(self, *arguments: str) -> "list[Entry] | None":
        done = self._call("ldapsearch", "-LLL", "-o", "ldif-wrap=no", *arguments)
        if done.returncode == 32:
            return None
        if done.returncode == 49:
            raise Refused(
                f"the directory at {self.url} refuses cn=admin,{self.base_dn}: wrong password; apply the directory's steps, "
                "or raise secrets.generations.ldap"
            )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            said = f"the directory at {self.url} answered {done.returncode}"
            raise Refused(f"{said} when asked for {arguments[-2]}: {last}")
        found: list[Entry] = []
        for line in done.stdout.splitlines():
            name, _, value = line.partition(":")
            text = base64.b64decode(value[1:]).decode() if value.startswith(":") else value.strip()
            if name == "dn":
                found.append({})
            elif name:
                found[-1].setdefault(name, []).append(text)
        return found

    def bring(self, dn: str, wanted: Entry, *, made: "Entry | None" = None) -> None:
        """`dn` with the values `wanted`; an empty list is an attribute that must not be there. `made`: what a new entry has
        besides; without it the entry is the device's own and has to be there."""
        now = self.entry(dn)
        if now is None and made is None:
            raise Refused(f"{dn} is not in the directory at {self.url}; it belongs to the device's first configuration")
        differing = {
            name: values for name, values in wanted.items() if sorted((now or {}).get(name, [])) != sorted(values)
        }
        if now is not None and not differing:
            return
        self.changed = True
        self.news.touch()
        if now is None:
            attributes = {**(made or {}), **wanted}
            lines = [f"dn: {dn}", *(f"{name}: {one}" for name, values in attributes.items() for one in values)]
            done = self._call("ldapadd", text="\n".join(lines) + "\n")
        else:
            lines = [f"dn: {dn}", "changetype: modify"]
            for name, values in differing.items():
                lines += [f"replace: {name}", *(f"{name}: {one}" for one in values), "-"]
            done = self._call("ldapmodify", text="\n".join(lines) + "\n")
        name = dn.partition(",")[0]
        if done.returncode:
            raise Refused(f"{name} was not written: {(done.stderr.strip().splitlines() or ['nothing said'])[0]}")
        back = self.entry(dn) or {}
        wrong = [one for one, values in wanted.items() if sorted(back.get(one, [])) != sorted(values)]
        if wrong:
            raise Refused(
                f"{name} reads back other than it was written: {', '.join(wrong)}; look at {dn} on {self.url}"
            )
        print(f"{'added' if now is None else 'brought up to date'}: {name}", flush=True)


def storages(values: dict, identity: str, credential: str) -> "dict[str, Entry]":
    """The two storages by id: bucket and folder."""
    draining = values["receive"] == "drain"
    bucket = {
        "dcmURI": [f"jclouds:s3:{values['storage_endpoint']}"],
        "dcmDigestAlgorithm": ["MD5"],
        # Read after the folder, where both hold a copy.
        "dcmInstanceAvailability": ["NEARLINE"],
        "dcmProperty": [
            f"container={values['bucket']}", "containerExists=true", f"credential={credential}", f"identity={identity}",
            "jclouds.s3.virtual-host-buckets=true", "jclouds.strip-expect-header=true",
            *([f"jclouds.s3.signer-version={values['signature_version']}"] if values["signature_version"] != 2 else []),
        ],
    }  # fmt: skip
    folder = {
        "dcmURI": [values["folder_uri"]],
        "dcmDigestAlgorithm": ["MD5"],
        "dcmInstanceAvailability": ["ONLINE"],
        # Never TEMPORARY, which deletes studies, not files.
        "dcmStorageDuration": ["CACHE"],
        # More than there is: everything that lies in the bucket too goes.
        "dcmDeleterThreshold": [f"{values['size_gb'] * 2 if draining else values['free_gb']}GB"],
        "dcmExportStorageID": [values["storage_id"]],
        # Stores fail where the file is seen: the folder is not mounted.
        **(
            {"dcmCheckMountFilePath": [values["guard"]], "dcmProperty": []}
            if values["guard_by"] == "attribute"
            else {"dcmProperty": [f"checkMountFile={values['guard']}"]}
        ),
    }
    return {values["storage_id"]: bucket, values["folder_id"]: folder}


def titles_of_the_site(directory: Directory, device: str) -> "list[Entry]":
    """Tenants have storages, exporters and rules of their own, which step `tenants` writes."""
    listed = directory.below(device, "(objectClass=dicomNetworkAE)")
    return [entry for entry in listed if not entry.get("dicomDescription", [""])[0].startswith(TENANT)]


def receiving(directory: Directory, device: str, values: dict) -> "list[str]":
    """AE titles that images go into the folder by: the site's, and every other that stores into a folder of its own."""
    listed = titles_of_the_site(directory, device)
    there = {entry["dicomAETitle"][0]: entry.get("dcmObjectStorageID", []) for entry in listed}
    for title in values["ae_titles"]:
        if title not in there:
            raise Refused(
                f"AE title {title} is not in the directory, allowed are those of device {values['device_name']}; "
                "correct archive.ae_title or gateway.ae_titles"
            )
    uris = {
        entry["dcmStorageID"][0]: entry.get("dcmURI", [""])[0]
        for entry in directory.below(device, "(objectClass=dcmStorage)")
    }
    strays = sorted(
        title
        for title, ids in there.items()
        if title not in values["ae_titles"] and any(uris.get(one, "file:").startswith(FOLDERS) for one in ids)
    )
    return [*values["ae_titles"], *strays]


def write(directory: Directory, values: dict, identity: str, credential: str) -> None:
    """Everything, in the order that loses nothing."""
    device = f"dicomDeviceName={values['device_name']},cn=Devices,cn=DICOM Configuration,{values['base_dn']}"
    bucket = values["storage_id"]
    for name, wanted in storages(values, identity, credential).items():
        directory.bring(
            f"dcmStorageID={name},{device}", wanted, made={"objectClass": ["dcmStorage"], "dcmStorageID": [name]}
        )
    directory.bring(
        f"dcmQueueName={QUEUE},{device}",
        {"dcmMaxRetries": [str(RETRIES)], "dcmRetryDelay": ["PT1M"], "dcmRetryDelayMultiplier": ["100"]},
    )
    # What could not be deleted is tried again.
    directory.bring(device, {"dcmFailedToDeletePollingInterval": ["PT1H"]})
    directory.bring(
        f"dcmExporterID={EXPORTER},{device}",
        {"dcmURI": [f"storage:{bucket}"], "dcmQueueName": [QUEUE], "dicomAETitle": [values["ae_titles"][0]]},
        made={"objectClass": ["dcmExporter"], "dcmExporterID": [EXPORTER]},
    )
    titles, draining = receiving(directory, device, values), values["receive"] == "drain"
    for title in titles if not draining else ():
        directory.bring(
            f"cn={RULE},dicomAETitle={title},{device}",
            {"dcmEntity": ["Series"], "dcmExporterID": [EXPORTER], "dcmDuration": [values["quiet"]]},
            made={"objectClass": ["dcmExportRule"], "cn": [RULE]},
        )
    first = {"dcmObjectStorageID": [bucket if draining else values["folder_id"]]}
    for title in titles:
        directory.bring(f"dicomAETitle={title},{device}", first)
    # What was received has its task already; a rule that stayed would export what lies in the bucket.
    for entry in titles_of_the_site(directory, device) if draining else ():
        directory.remove(f"cn={RULE},dicomAETitle={entry['dicomAETitle'][0]},{device}")


def main(values_file: str, password: str, identity: str, credential: str, news: str) -> int:
    values = json.loads(Path(values_file).read_text())
    directory = Directory(values["ldap_url"], values["base_dn"], password, Path(news))
    try:
        write(directory, values, *(Path(file).read_text().strip() for file in (identity, credential)))
    except Refused as error:
        print(f"cache-receive: {error}", file=sys.stderr)
        return 1
    print("changed" if directory.changed else "unchanged")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
