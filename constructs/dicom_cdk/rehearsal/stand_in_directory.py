"""A stand-in for the archive's directory: schema and first entries of this project's own making, after the facts on the real ones.

Object classes and attributes have the names and kinds of the real schema (facts: images 4.1); the object identifiers and everything
else are made up here, since the real files are dcm4che's.
"""

BASE = "dc=dcm4che,dc=org"
DEVICE = f"dicomDeviceName=dcm4chee-arc,cn=Devices,cn=DICOM Configuration,{BASE}"

_STRING = "1.3.6.1.4.1.1466.115.121.1.15"
_ATTRIBUTES = (
    ("dicomDeviceName", True),
    ("dicomAETitle", True),
    ("dcmStorageID", True),
    ("dcmURI", True),
    ("dcmDigestAlgorithm", True),
    ("dcmProperty", False),
    ("dcmObjectStorageID", False),
    ("dcmuiConfigName", True),
    ("dicomInstitutionName", False),
)
_CLASSES = (
    ("dicomConfigurationRoot", "cn", ""),
    ("dicomDevicesRoot", "cn", ""),
    ("dicomDevice", "dicomDeviceName", "description $ dicomInstitutionName"),
    ("dicomNetworkAE", "dicomAETitle", "dcmObjectStorageID"),
    ("dcmStorage", "dcmStorageID $ dcmURI", "dcmDigestAlgorithm $ dcmProperty"),
    ("dcmuiConfig", "dcmuiConfigName", "description"),
)


def schema() -> str:
    """The schema as one entry of cn=config."""
    lines = ["dn: cn=dicom,cn=schema,cn=config", "objectClass: olcSchemaConfig", "cn: dicom"]
    for number, (name, single) in enumerate(_ATTRIBUTES, 1):
        lines.append(
            f"olcAttributeTypes: ( 1.3.6.1.4.1.55555.1.{number} NAME '{name}' EQUALITY caseExactMatch "
            f"SYNTAX {_STRING}{' SINGLE-VALUE' if single else ''} )"
        )
    for number, (name, must, may) in enumerate(_CLASSES, 1):
        optional = f" MAY ( {may} )" if may else ""
        lines.append(
            f"olcObjectClasses: ( 1.3.6.1.4.1.55555.2.{number} NAME '{name}' SUP top STRUCTURAL "
            f"MUST ( {must} ){optional} )"
        )
    return "\n".join(lines) + "\n"


def base_entry() -> str:
    return f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: dcm4che\no: dcm4che.org\n"


def first_configuration() -> str:
    """The device with its file storage and AE title, as the image loads it at first."""
    return "\n".join(
        [
            f"dn: cn=DICOM Configuration,{BASE}\nobjectClass: dicomConfigurationRoot\ncn: DICOM Configuration\n",
            f"dn: cn=Devices,cn=DICOM Configuration,{BASE}\nobjectClass: dicomDevicesRoot\ncn: Devices\n",
            f"dn: {DEVICE}\nobjectClass: dicomDevice\ndicomDeviceName: dcm4chee-arc\n",
            f"dn: dcmStorageID=fs1,{DEVICE}\nobjectClass: dcmStorage\ndcmStorageID: fs1\ndcmURI: file:///storage/fs1/\n",
            f"dn: dicomAETitle=DCM4CHEE,{DEVICE}\nobjectClass: dicomNetworkAE\ndicomAETitle: DCM4CHEE\n"
            "dcmObjectStorageID: fs1\n",
            f"dn: dicomAETitle=RESEARCH,{DEVICE}\nobjectClass: dicomNetworkAE\ndicomAETitle: RESEARCH\n",
            f"dn: dcmuiConfigName=default,{DEVICE}\nobjectClass: dcmuiConfig\ndcmuiConfigName: default\n",
        ]
    )
