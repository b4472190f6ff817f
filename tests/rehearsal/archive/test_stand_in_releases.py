"""The stand-in's directory by release: a real slapd takes each release's data with its own schema and not with an older one."""

import subprocess
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.configuration import as_read, below, configuration, guards
from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE, base_entry, first_configuration
from dicom_cdk.rehearsal.archive.stand_in_releases import data_of, first_of, release_of, schema_of, unread, update
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.releases.updates import LDAP_UPDATES
from tests.rehearsal.archive.test_stand_in_directory import CONFIGURATION


def taken(folder: Path, schema: str, data: str) -> str:
    """What slapd with this release's schema says of that release's first data; "" where it takes it."""
    for name in ("slapd.d", "data"):
        (folder / name).mkdir(parents=True)
    core = "dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n\n"
    core += Path("/etc/ldap/schema/core.ldif").read_text() if Path("/etc/ldap/schema/core.ldif").exists() else ""
    text = CONFIGURATION.format(core=core, schema=schema_of(schema), data=folder / "data", base=BASE)
    program = [need("slapadd", "slapd"), "-F", str(folder / "slapd.d")]
    subprocess.run([*program, "-n", "0"], input=text, capture_output=True, text=True, check=True)
    done = subprocess.run(
        [*program, "-u", "-n", "1"], input=f"{base_entry()}\n{first_of(data)}", capture_output=True, text=True
    )
    return done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    ("schema", "data", "problem"),
    [
        ("5.25.2", "5.25.2", ""),
        ("5.35.0", "5.25.2", ""),
        ("5.34.3", "5.34.3", ""),
        ("5.31.0", "5.29.2", ""),
        ("5.25.2", "5.26.0", "str2ad(dcmSince5x26x0): attribute type undefined"),
        ("5.30.0", "5.31.0", "str2ad(dcmCheckMountFilePath): attribute type undefined"),
    ],
)
def test_data_needs_the_schema_of_its_release_or_a_later_one(
    schema: str, data: str, problem: str, tmp_path: Path
) -> None:
    said = taken(tmp_path, schema, data)
    assert problem in said
    assert bool(said) == bool(problem)


def test_an_archive_reads_data_of_its_release_and_before_and_stumbles_over_a_later_ones() -> None:
    assert unread(first_of("5.31.0"), "5.31.0") == []
    assert unread(first_of("5.25.2"), "5.34.3") == []
    assert unread(first_of("5.29.0"), "5.28.0") == ["AttributeSince5x29x0"]
    assert unread(first_of("5.34.3"), "5.34.3-mirror") == []
    assert unread(first_of("5.34.3"), "of-our-own") == [], "what it knows is not known"


@pytest.mark.parametrize("release", ["5.26.0", "5.29.1", "5.31.0", "5.34.3"])
def test_the_first_data_of_a_release_holds_what_its_updates_bring(release: str) -> None:
    first = first_of(release).splitlines()
    for each in LDAP_UPDATES[: LDAP_UPDATES.index(release) + 1]:
        brought = [line for line in update(each).splitlines() if line and not line.startswith(("changetype", "add:"))]
        assert set(brought) <= set(first)
    assert data_of(first_of(release)) == release
    assert data_of(first_configuration()) == ""


@pytest.mark.parametrize(
    ("tag", "release"),
    [("2.6.0-25.2", "5.25.2"), ("2.6.7-33.1", "5.33.1"), ("2.6.10-34.3-mirror", "5.34.3"), ("latest", ""), ("1-2", "")],
)
def test_an_image_of_slapd_is_of_the_release_in_its_tag(tag: str, release: str) -> None:
    assert release_of(tag) == release


def test_a_storage_says_its_path_and_guard_by_property_up_to_5_30_and_by_attribute_since() -> None:
    ldif = (
        f"dn: dcmStorageID=x,{DEVICE}\nobjectClass: dcmStorage\ndcmStorageID: x\ndcmURI: file:///x/\n"
        "dcmProperty: checkMountFile=OLD\ndcmProperty: pathFormat=old/{x}\ndcmProperty: container=kept\n"
        "dcmCheckMountFilePath: NEW\ndcmStoragePathFormat: new/{x}\n"
    )
    storage = configuration(ldif).storages["x"]
    for tag, guard, path in (("5.30.0", "OLD", "old/"), ("5.31.0", "NEW", "new/"), ("5.34.3", "NEW", "new/")):
        seen = as_read(storage, tag)
        assert (guards(seen), below(seen)) == ([guard], path)
        assert "container=kept" in seen["dcmProperty"]
    assert guards(as_read(storage, "of-our-own")) == ["OLD", "NEW"]
