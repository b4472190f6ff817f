"""The stand-in's directory release by release: what an image's schema knows, what its first data and its updates bring.

Facts (archive 1.4, 1.6): attributes of storages are new in 5.31 and 5.33.1, one of AE titles in 5.32; the update to 5.29.1 adds AE
title WORKLIST, the one to 5.31.0 the guard of storage fs1; a slapd takes no entry of a schema that it has not, from nobody; an
archive of 5.25.0 starts on the newest schema, and not on the newest data: one of the words that it reads there is none of its
dictionary.

Which update brings such a word, and an attribute that needs the new schema, is not known of each: here every one does, the worst
case.
"""

from collections.abc import Iterator

from dicom_cdk.rehearsal.archive.entries import entries
from dicom_cdk.rehearsal.archive.stand_in_directory import DEVICE, FILTER, ae_title, first_configuration, schema
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import LDAP_UPDATES, number

NEWEST = next(reversed(RELEASES))
SINCE = {
    "5.31.0": ("dcmStoragePathFormat", "dcmCheckMountFilePath", "dcmOnStoragePathAlreadyExists"),
    "5.32.0": ("dcmShareTransferCapabilitiesFromAETitle",),
    "5.33.1": ("dcmDeleterThresholdMaxUsableSpace",),
}
"""Attributes that older releases do not have."""
_WORD = "AttributeSince"
Values = tuple[tuple[str, str, str], ...]
"""DN, attribute, value."""


def release_of(tag: str) -> str:
    """The archive's release that a tag of slapd-dcm4chee belongs to: 5.33.1 of 2.6.7-33.1; empty for a tag of no known one."""
    found = f"5.{'.'.join(tag.split('-')[1:2])}"
    return found if found in RELEASES else ""


def schema_of(release: str) -> str:
    """What slapd of the image of `release` knows, as one entry of cn=config."""
    now = number(release)
    unknown = [name for since, names in SINCE.items() if number(since) > now for name in names]
    return schema(unknown, [_own(each) for each in _updates(release)])


def first_of(release: str) -> str:
    """The configuration that the image of `release` loads into an empty directory: all that its updates bring is in it."""
    blocks = first_configuration().split("\n\n")
    for each in _updates(release):
        added: dict[str, str] = {}
        for dn, name, value in values(each):
            added[dn] = f"{added.get(dn, '')}\n{name}: {value}"
        blocks = [block.rstrip("\n") + added.get(block.lstrip("\n").partition("\n")[0][4:], "") for block in blocks]
        blocks += new_entries(each)
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip()) + "\n"


def update(release: str) -> str:
    """What the update to `release` changes, as LDIF with changes."""
    changes = [f"dn: {dn}\nchangetype: modify\nadd: {name}\n{name}: {value}\n" for dn, name, value in values(release)]
    for entry in new_entries(release):
        dn, _, rest = entry.partition("\n")
        changes.append(f"{dn}\nchangetype: add\n{rest}\n")
    return "\n".join(changes)


def values(release: str) -> Values:
    """What the update to `release` adds to entries that are there."""
    found: Values = ((FILTER, "dcmTag", _word(release)), (FILTER, _own(release), "x"))
    guard = ((f"dcmStorageID=fs1,{DEVICE}", "dcmCheckMountFilePath", "NO_MOUNT"),)
    return (*found, *(guard if release == "5.31.0" else ()))


def new_entries(release: str) -> list[str]:
    """Entries that the update to `release` adds."""
    return [each.strip("\n") for each in ae_title("WORKLIST").split("\n\n")] if release == "5.29.1" else []


def unread(ldif: str, tag: str) -> list[str]:
    """Words in the device's entries that an archive of this tag does not have: it does not start with them. Of a tag that is no
    release nothing is known, so it reads all.
    """
    try:
        own = number(tag)
    except ValueError:
        return []
    later = {_word(each) for each in LDAP_UPDATES if number(each) > own}
    return [word for entry in entries(ldif) for word in entry.get("dcmTag", ()) if word in later]


def data_of(ldif: str) -> str:
    """The newest release whose data is in a directory, by its words; empty for data of before the first update."""
    there = {word for entry in entries(ldif) for word in entry.get("dcmTag", ())}
    return next((each for each in reversed(LDAP_UPDATES) if _word(each) in there), "")


def _updates(release: str) -> Iterator[str]:
    return (each for each in LDAP_UPDATES if number(each) <= number(release))


def _word(release: str) -> str:
    return _WORD + release.replace(".", "x")


def _own(release: str) -> str:
    """An attribute of this project's making that only schemas from `release` on have."""
    return f"dcmSince{release.replace('.', 'x')}"
