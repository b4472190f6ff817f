"""The stand-in's schema in the real one's shape: what a device, an AE title and a storage may hold, by a real slapd."""

import re
import subprocess
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE, base_entry, first_configuration, schema
from dicom_cdk.rehearsal.archive.stand_in_releases import schema_of
from dicom_cdk.rehearsal.programs import need

CONFIGURATION = """\
dn: cn=config
objectClass: olcGlobal
cn: config

{core}
{schema}
dn: olcDatabase=ldif,cn=config
objectClass: olcDatabaseConfig
objectClass: olcLdifConfig
olcDatabase: ldif
olcDbDirectory: {data}
olcSuffix: {base}
olcRootDN: cn=admin,{base}
"""


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slapd configuration with the stand-in's schema, that slapd itself has taken."""
    folder = tmp_path_factory.mktemp("directory")
    for name in ("slapd.d", "data"):
        (folder / name).mkdir()
    core = "dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n\n"
    core += Path("/etc/ldap/schema/core.ldif").read_text() if Path("/etc/ldap/schema/core.ldif").exists() else ""
    text = CONFIGURATION.format(core=core, schema=schema(), data=folder / "data", base=BASE)
    command = [need("slapadd", "slapd"), "-n", "0", "-F", str(folder / "slapd.d")]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def added(configuration: Path, *entries: str) -> str:
    """What slapadd says of the base, the first configuration and `entries`, without writing; "" where all is well."""
    text = "\n".join([base_entry(), first_configuration(), *entries])
    command = [need("slapadd", "slapd"), "-u", "-n", "1", "-F", str(configuration / "slapd.d")]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


STORAGE = f"dn: dcmStorageID=x,{DEVICE}\nobjectClass: dcmStorage\ndcmStorageID: x\n"
TITLE = f"dn: dicomAETitle=X,{DEVICE}\nobjectClass: dicomNetworkAE\ndicomAETitle: X\n"
WHOLE_TITLE = (
    f"{TITLE}dicomAssociationInitiator: TRUE\ndicomAssociationAcceptor: TRUE\n"
    f"dicomNetworkConnectionReference: cn=dicom,{DEVICE}\n"
)
OTHER = (
    f"dn: dicomDeviceName=x,cn=Devices,cn=DICOM Configuration,{BASE}\nobjectClass: dicomDevice\ndicomDeviceName: x\n"
)


def test_the_first_configuration_and_whole_entries_are_taken(configuration: Path) -> None:
    device = f"{OTHER}dicomInstalled: TRUE\ndicomDescription: a CT\n"
    title = f"{WHOLE_TITLE}objectClass: dcmArchiveNetworkAE\ndcmObjectStorageID: fs1\n"
    storage = f"{STORAGE}dcmURI: file:///x/\ndcmProperty: a=1\ndcmProperty: b=2\n"
    assert added(configuration, device, title, storage) == ""


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (f"{OTHER}dicomInstalled: TRUE\ndescription: a CT\n", "attribute 'description' not allowed"),
        (OTHER, "object class 'dicomDevice' requires attribute 'dicomInstalled'"),
        (f"{WHOLE_TITLE}dcmObjectStorageID: fs1\n", "attribute 'dcmObjectStorageID' not allowed"),
        (TITLE, "object class 'dicomNetworkAE' requires attribute"),
        (STORAGE, "object class 'dcmStorage' requires attribute 'dcmURI'"),
        (f"{STORAGE}dcmURI: file:///x/\ndcmURI: file:///y/\n", "attribute 'dcmURI' cannot have multiple values"),
        (
            f"dn: dcmStorageID=医院,{DEVICE}\nobjectClass: dcmStorage\ndcmStorageID: 医院\ndcmURI: file:///x/\n",
            "invalid",
        ),
        (
            f"dn: dcmEntity=Study,{DEVICE}\nobjectClass: dcmAttributeFilter\ndcmEntity: Study\n",
            "requires attribute 'dcmTag'",
        ),
        (
            f"{OTHER}dicomInstalled: TRUE\nobjectClass: dcmArchiveDevice\n",
            "object class 'dcmArchiveDevice' requires attribute 'dcmFuzzyAlgorithmClass'",
        ),
        (WHOLE_TITLE.replace("X", "医"), "invalid DN"),
    ],
)
def test_what_the_real_schema_refuses_is_refused(configuration: Path, entry: str, problem: str) -> None:
    assert problem in added(configuration, entry)


def test_device_names_are_equal_in_any_case_and_ae_titles_are_not() -> None:
    rules = dict(re.findall(r"NAME '(\w+)' EQUALITY (\w+)", schema()))
    assert rules["dicomDeviceName"] == rules["dicomInstitutionName"] == "caseIgnoreMatch"
    assert rules["dicomAETitle"] == "caseExactIA5Match"


def test_an_attribute_that_came_with_a_later_release_is_unknown_before() -> None:
    name = "dcmShareTransferCapabilitiesFromAETitle"
    assert name not in schema_of("5.31.2")
    assert name in schema_of("5.32.0")
