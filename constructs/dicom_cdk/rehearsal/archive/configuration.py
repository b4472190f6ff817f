"""What the archive reads of its device in the directory about images: storages, AE titles, export rules, exporters, queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dicom_cdk.rehearsal.archive.entries import asked, entries
from dicom_cdk.releases.table import checks_mounts_by_attribute, release

Entry = Mapping[str, Sequence[str]]
_WIDTH = 1 << 64
_ATTRIBUTE_OF = {"pathFormat": "dcmStoragePathFormat", "checkMountFile": "dcmCheckMountFilePath"}


class Incomplete(Exception):
    """An entry lacks what is needed now."""


@dataclass(frozen=True)
class Configuration:
    """The device's entries by their names; export rules by AE title."""

    storages: Mapping[str, Entry] = field(default_factory=dict)
    titles: Mapping[str, Entry] = field(default_factory=dict)
    rules: Mapping[str, Entry] = field(default_factory=dict)
    exporters: Mapping[str, Entry] = field(default_factory=dict)
    queues: Mapping[str, Entry] = field(default_factory=dict)


def read(url: str, base_dn: str, device: str, password_file: str, tag: str = "") -> Configuration:
    """As `cn=admin`, by an archive of this tag. Raises OSError when the directory does not answer."""
    found = configuration(
        asked(url, base_dn, password_file, f"dicomDeviceName={device},cn=Devices,cn=DICOM Configuration")
    )
    return replace(found, storages={name: as_read(entry, tag) for name, entry in found.storages.items()})


def as_read(storage: Entry, tag: str) -> Entry:
    """What an archive of this tag sees of a storage: up to 5.30 some things are properties, from 5.31 on attributes, and what
    stands in the other place is ignored. One of a tag that is no release sees both.
    """
    if release(tag) is None:
        return storage
    if not checks_mounts_by_attribute(tag):
        return {name: values for name, values in storage.items() if name not in _ATTRIBUTE_OF.values()}
    properties = [each for each in every(storage, "dcmProperty") if each.partition("=")[0] not in _ATTRIBUTE_OF]
    return {**storage, "dcmProperty": properties}


def configuration(ldif: str) -> Configuration:
    """Of the device's entries as LDIF, lines unfolded."""
    homes: Mapping[str, tuple[dict[str, Entry], str]] = {
        "dcmStorage": ({}, "dcmStorageID"),
        "dicomNetworkAE": ({}, "dicomAETitle"),
        "dcmExportRule": ({}, ""),
        "dcmExporter": ({}, "dcmExporterID"),
        "dcmQueue": ({}, "dcmQueueName"),
    }
    for entry in entries(ldif):
        for kind, (home, name) in homes.items():
            if kind in entry.get("objectClass", []):
                title = entry["dn"][0].partition("dicomAETitle=")[2].partition(",")[0]
                home[entry[name][0] if name else title] = entry
    storages, titles, rules, exporters, queues = (home for home, _ in homes.values())
    return Configuration(storages, titles, rules, exporters, queues)


def every(entry: Entry, name: str) -> list[str]:
    return list(entry.get(name, ()))


def one(entry: Entry, name: str, default: str | None = None) -> str:
    """Raises Incomplete for an attribute that is not there and has no default."""
    found = entry.get(name)
    if found:
        return found[0]
    if default is None:
        raise Incomplete(f"no {name}")
    return default


def property_of(entry: Entry, name: str) -> str:
    """Of those that dcm4che keeps as NAME=VALUE; "" for one that is not there."""
    named = (text for text in every(entry, "dcmProperty") if text.startswith(f"{name}="))
    return next(named, "").partition("=")[2]


def below(storage: Entry) -> str:
    """What stands before the first variable of the names that a storage gives its objects."""
    return (one(storage, "dcmStoragePathFormat", "") or property_of(storage, "pathFormat")).partition("{")[0]


def guards(storage: Entry) -> list[str]:
    """Files of a folder that must not be there."""
    named = (property_of(storage, "checkMountFile"), one(storage, "dcmCheckMountFilePath", ""))
    return [name for name in named if name]


def address(storage: Entry, path: str) -> str:
    """Of an object in a storage elsewhere; the bucket's name leads its path."""
    endpoint, bucket = one(storage, "dcmURI").removeprefix("jclouds:s3:").rstrip("/"), property_of(storage, "container")
    return "/".join(filter(None, (endpoint, bucket, path)))


def seconds(duration: str) -> int:
    """Of PT1H2M3S."""
    number, total = "", 0
    for letter in duration.removeprefix("PT"):
        if letter.isdigit():
            number += letter
        else:
            total += int(number) * {"H": 3600, "M": 60, "S": 1}[letter]
            number = ""
    return total


def retry_delay(queue: Entry, failures: int) -> int:
    """Seconds until the next try; negative ends the task. In 64 bits, as the archive reckons it: growth overflows in the end."""
    if failures > int(one(queue, "dcmMaxRetries", "0")):
        return -1
    delay, multiplier = seconds(one(queue, "dcmRetryDelay", "PT1M")), int(one(queue, "dcmRetryDelayMultiplier", "100"))
    for _ in range(failures - 1 if multiplier != 100 else 0):
        delay = int(_wrapped(delay * multiplier) / 100)
    most = one(queue, "dcmMaxRetryDelay", "")
    return min(delay, seconds(most)) if most else delay


def _wrapped(value: int) -> int:
    value %= _WIDTH
    return value - _WIDTH if value >= _WIDTH // 2 else value
