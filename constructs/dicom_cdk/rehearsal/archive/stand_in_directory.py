"""A stand-in for the archive's directory: schema and first entries of this project's own making, after the facts on the real ones.

Object classes and attributes have the names, kinds and rules of the real schema (DICOM PS3.15 annex H; facts: images 4.1,
archive 2.1 and 3.1): structural ones of DICOM, auxiliary ones of dcm4che on the same entry. The object identifiers and everything
else are made up here, since the real files are dcm4che's. What differs between releases is `stand_in_releases`'s.
"""

from collections.abc import Collection, Sequence

BASE = "dc=dcm4che,dc=org"
DEVICE = f"dicomDeviceName=dcm4chee-arc,cn=Devices,cn=DICOM Configuration,{BASE}"
FILTER = f"dcmEntity=Instance,{DEVICE}"
"""Which attributes of an instance go into the database; an archive reads every word of it."""
AUDIT = f"dicomDeviceName=logstash,cn=Devices,cn=DICOM Configuration,{BASE}"

_WEAK = "".join(f"dicomTLSCipherSuite: TLS_RSA_WITH_{one}\n" for one in ("AES_128_CBC_SHA", "3DES_EDE_CBC_SHA"))
"""What dcm4chee offers by default."""
_TEXT, _ASCII, _OID, _BOOLEAN, _NUMBER, _DN = (f"1.3.6.1.4.1.1466.115.121.1.{last}" for last in (15, 26, 38, 7, 27, 12))
_RULES = {
    _TEXT: "caseExactMatch", _ASCII: "caseExactIA5Match", _OID: "objectIdentifierMatch", _BOOLEAN: "booleanMatch",
    _NUMBER: "integerMatch", _DN: "distinguishedNameMatch",
}  # fmt: skip
_ANY_CASE = ("dicomDeviceName", "dicomDescription", "dicomHostname", "dicomTransferRole", "dicomInstitutionName")
"""Compared without regard to case."""
_LIMITS = (
    "dcmIdleTimeout dcmAARQTimeout dcmAAACTimeout dcmARRPTimeout dcmTCPConnectTimeout dcmSendTimeout dcmStoreTimeout"
)
_NAMES = (
    (
        _TEXT, False,
        "dicomDeviceName dicomDescription dicomHostname dicomTransferRole dcmURI dcmuiConfigName dcmCheckMountFilePath "
        "hl7ApplicationName dcmStoragePathFormat dcmWebAppName dcmWebServicePath",
    ),
    (_TEXT, True, "dcmProperty hl7AcceptedSendingApplication dicomInstitutionName"),
    (
        _ASCII, False,
        "dicomAETitle dcmStorageID dcmDigestAlgorithm dcmStorageDuration dcmStorageThreshold dcmRetrieveCacheStorageID "
        "dcmInstanceAvailability dcmQueueName dcmEntity dcmDuration dcmProtocol dcmRetryDelay dcmFailedToDeletePollingInterval "
        "hl7DefaultCharacterSet dcmStoreAccessControlID dcmOnStoragePathAlreadyExists dcmShareTransferCapabilitiesFromAETitle "
        "dcmFuzzyAlgorithmClass",
    ),
    (
        _ASCII, True,
        "dcmExporterID dcmObjectStorageID dicomPrimaryDeviceType dcmAcceptedCallingAETitle dcmExportStorageID "
        "dcmDeleterThreshold dcmDeleterThresholdMaxUsableSpace dicomTLSCipherSuite dcmTLSProtocol dcmAccessControlID "
        "dcmWebServiceClass dcmTag",
    ),
    (_OID, False, "dicomSOPClass"), (_OID, True, "dicomTransferSyntax"), (_DN, True, "dicomNetworkConnectionReference"),
    (
        _BOOLEAN, False,
        "dicomInstalled dicomAssociationInitiator dicomAssociationAcceptor dcmReadOnly dcmTLSNeedClientAuth "
        "dcmValidateCallingAEHostname",
    ),
    (_NUMBER, False, f"dicomPort {_LIMITS} dcmMaxRetries dcmRetryDelayMultiplier"),
)  # fmt: skip
_ATTRIBUTES = tuple((name, syntax, several) for syntax, several, names in _NAMES for name in names.split())
"""Name, syntax, whether it may have several values."""
_CLASSES = (
    ("dicomConfigurationRoot", "STRUCTURAL", "cn", "description"),
    ("dicomDevicesRoot", "STRUCTURAL", "cn", "description"),
    ("dicomUniqueAETitlesRegistryRoot", "STRUCTURAL", "cn", "description"),
    ("dicomUniqueAETitle", "STRUCTURAL", "dicomAETitle", ""),
    ("dicomDevice", "STRUCTURAL", "dicomDeviceName dicomInstalled", "dicomDescription dicomInstitutionName dicomPrimaryDeviceType"),
    ("dicomNetworkConnection", "STRUCTURAL", "dicomHostname", "cn dicomPort dicomInstalled dicomTLSCipherSuite"),
    (
        "dicomNetworkAE",
        "STRUCTURAL",
        "dicomAETitle dicomNetworkConnectionReference dicomAssociationInitiator dicomAssociationAcceptor",
        "dicomDescription dicomInstalled",
    ),
    (
        "dcmStorage", "STRUCTURAL", "dcmStorageID dcmURI",
        "dcmDigestAlgorithm dcmProperty dcmStorageDuration dcmReadOnly dcmStorageThreshold dcmRetrieveCacheStorageID "
        "dcmInstanceAvailability dcmExportStorageID dcmDeleterThreshold dcmCheckMountFilePath dcmStoragePathFormat "
        "dcmOnStoragePathAlreadyExists dcmDeleterThresholdMaxUsableSpace",
    ),
    ("dcmExporter", "STRUCTURAL", "dcmExporterID dcmURI dcmQueueName", "dicomAETitle dicomDescription dcmProperty"),
    ("dcmExportRule", "STRUCTURAL", "cn dcmEntity dcmExporterID", "dcmDuration dcmProperty"),
    ("dcmQueue", "STRUCTURAL", "dcmQueueName", "dicomDescription dcmMaxRetries dcmRetryDelay dcmRetryDelayMultiplier"),
    ("dcmAttributeFilter", "STRUCTURAL", "dcmEntity dcmTag", ""),
    ("dcmuiConfig", "STRUCTURAL", "dcmuiConfigName", ""),
    ("dcmArchiveCompressionRule", "STRUCTURAL", "cn dicomTransferSyntax", "dcmProperty"),
    ("dicomTransferCapability", "STRUCTURAL", "dicomSOPClass dicomTransferRole dicomTransferSyntax", "cn"),
    (
        "dcmWebApp", "STRUCTURAL", "dcmWebAppName dcmWebServicePath dcmWebServiceClass",
        "dicomAETitle dicomDescription dicomNetworkConnectionReference",
    ),
    (
        "hl7Application", "STRUCTURAL", "hl7ApplicationName dicomNetworkConnectionReference",
        "hl7AcceptedSendingApplication hl7DefaultCharacterSet dicomInstalled",
    ),
    ("dcmDevice", "AUXILIARY", "", ""),
    ("dcmArchiveDevice", "AUXILIARY", "dcmFuzzyAlgorithmClass", "dcmFailedToDeletePollingInterval dcmValidateCallingAEHostname"),
    ("dcmNetworkConnection", "AUXILIARY", "", f"{_LIMITS} dcmProtocol dcmTLSProtocol dcmTLSNeedClientAuth"),
    ("dcmNetworkAE", "AUXILIARY", "", "dcmAcceptedCallingAETitle dcmShareTransferCapabilitiesFromAETitle"),
    (
        "dcmArchiveNetworkAE", "AUXILIARY", "",
        "dcmObjectStorageID dcmValidateCallingAEHostname dcmStoreAccessControlID dcmAccessControlID",
    ),
)  # fmt: skip
"""Name, kind, what it must and may have."""


def schema(without: Collection[str] = (), more: Sequence[str] = ()) -> str:
    """The schema as one entry of cn=config, without attributes of some names, and with `more` texts that a filter may have."""
    filters = {"dcmAttributeFilter": list(more)}
    lines = ["dn: cn=dicom,cn=schema,cn=config", "objectClass: olcSchemaConfig", "cn: dicom"]
    for number, (name, syntax, several) in enumerate((*_ATTRIBUTES, *((each, _TEXT, False) for each in more)), 1):
        if name in without:
            continue
        lines.append(
            f"olcAttributeTypes: ( 1.3.6.1.4.1.55555.1.{number} NAME '{name}' "
            f"EQUALITY {'caseIgnoreMatch' if name in _ANY_CASE else _RULES[syntax]} "
            f"SYNTAX {syntax}{'' if several else ' SINGLE-VALUE'} )"
        )
    for number, (name, kind, must, may) in enumerate(_CLASSES, 1):
        allowed = [each for each in may.split() if each not in without] + filters.get(name, [])
        lists = "".join(
            f" {word} ( {' $ '.join(names)} )" for word, names in (("MUST", must.split()), ("MAY", allowed)) if names
        )
        lines.append(f"olcObjectClasses: ( 1.3.6.1.4.1.55555.2.{number} NAME '{name}' SUP top {kind}{lists} )")
    return "\n".join(lines) + "\n"


def base_entry() -> str:
    return f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\ndc: dcm4che\no: dcm4che.org\n"


def first_configuration() -> str:
    """The device with its file storage and AE title, as the image of the oldest release loads it at first."""
    return "\n".join(
        [
            f"dn: cn=DICOM Configuration,{BASE}\nobjectClass: dicomConfigurationRoot\ncn: DICOM Configuration\n",
            f"dn: cn=Devices,cn=DICOM Configuration,{BASE}\nobjectClass: dicomDevicesRoot\ncn: Devices\n",
            f"dn: cn=Unique AE Titles Registry,cn=DICOM Configuration,{BASE}\nobjectClass: dicomUniqueAETitlesRegistryRoot\n"
            "cn: Unique AE Titles Registry\n",
            f"dn: {DEVICE}\nobjectClass: dicomDevice\nobjectClass: dcmDevice\nobjectClass: dcmArchiveDevice\n"
            "dicomDeviceName: dcm4chee-arc\ndicomInstalled: TRUE\ndcmFuzzyAlgorithmClass: org.dcm4che3.soundex.ESoundex\n",
            _connection("dicom", 11112),
            _connection("dicom-tls", 2762, _WEAK),
            _connection("hl7", 2575, "dcmProtocol: HL7\n"),
            _connection("hl7-tls", 12575, f"dcmProtocol: HL7\n{_WEAK}"),
            f"dn: {AUDIT}\nobjectClass: dicomDevice\nobjectClass: dcmDevice\ndicomDeviceName: logstash\ndicomInstalled: TRUE\n",
            _connection("syslog", 514, "dcmProtocol: SYSLOG_UDP\n", AUDIT),
            f"dn: dcmStorageID=fs1,{DEVICE}\nobjectClass: dcmStorage\ndcmStorageID: fs1\ndcmURI: file:///opt/wildfly/standalone/data/fs1/\n",
            f"dn: dcmQueueName=Export,{DEVICE}\nobjectClass: dcmQueue\ndcmQueueName: Export\ndcmMaxRetries: 10\n"
            "dcmRetryDelay: PT30S\ndcmRetryDelayMultiplier: 200\n",
            ae_title("DCM4CHEE") + "dcmObjectStorageID: fs1\n",
            _capability("Verification SOP Class SCP", "1.2.840.10008.1.1"),
            _capability("CT Image Storage SCP", "1.2.840.10008.5.1.4.1.1.2"),
            _capability("CT Image Storage SCU", "1.2.840.10008.5.1.4.1.1.2", "SCU"),
            _capability("Storage Commitment Push Model SOP Class SCP", "1.2.840.10008.1.20.1"),
            _capability("Study Root Query Retrieve Information Model - FIND SCP", "1.2.840.10008.5.1.4.1.2.2.1"),
            _capability("Study Root Query Retrieve Information Model - MOVE SCP", "1.2.840.10008.5.1.4.1.2.2.2"),
            _capability("Modality Worklist Information Model - FIND SCP", "1.2.840.10008.5.1.4.31"),
            _capability("Modality Performed Procedure Step SOP Class SCP", "1.2.840.10008.3.1.2.3.3"),
            _web_app("DCM4CHEE", "rs", "QIDO_RS", "STOW_RS", "WADO_RS"),
            _web_app("DCM4CHEE-WADO", "wado", "WADO_URI"),
            ae_title("AS_RECEIVED") + "dcmObjectStorageID: fs1\n",
            ae_title("RESEARCH"),
            f"dn: hl7ApplicationName=*,{DEVICE}\nobjectClass: hl7Application\nhl7ApplicationName: *\n"
            f"dicomNetworkConnectionReference: cn=hl7,{DEVICE}\ndicomNetworkConnectionReference: cn=hl7-tls,{DEVICE}\n",
            f"dn: {FILTER}\nobjectClass: dcmAttributeFilter\ndcmEntity: Instance\ndcmTag: SOPInstanceUID\n",
            f"dn: dcmuiConfigName=default,{DEVICE}\nobjectClass: dcmuiConfig\ndcmuiConfigName: default\n",
        ]
    )


def _connection(name: str, port: int, more: str = "", device: str = DEVICE) -> str:
    return (
        f"dn: cn={name},{device}\nobjectClass: dicomNetworkConnection\nobjectClass: dcmNetworkConnection\ncn: {name}\n"
        f"dicomHostname: 127.0.0.1\ndicomPort: {port}\n{more}"
    )


def _capability(name: str, sop_class: str, role: str = "SCP") -> str:
    return (
        f"dn: cn={name},dicomAETitle=DCM4CHEE,{DEVICE}\nobjectClass: dicomTransferCapability\ncn: {name}\n"
        f"dicomSOPClass: {sop_class}\ndicomTransferRole: {role}\ndicomTransferSyntax: 1.2.840.10008.1.2\n"
        "dicomTransferSyntax: 1.2.840.10008.1.2.1\n"
    )


def _web_app(name: str, service: str, *classes: str) -> str:
    offered = "".join(f"dcmWebServiceClass: {one}\n" for one in classes)
    return (
        f"dn: dcmWebAppName={name},{DEVICE}\nobjectClass: dcmWebApp\ndcmWebAppName: {name}\ndicomAETitle: DCM4CHEE\n"
        f"dcmWebServicePath: /dcm4chee-arc/aets/DCM4CHEE/{service}\n{offered}"
    )


def ae_title(title: str) -> str:
    """Its entry among the unique ones and the archive's own, as two of LDIF."""
    return (
        f"dn: dicomAETitle={title},cn=Unique AE Titles Registry,cn=DICOM Configuration,{BASE}\n"
        f"objectClass: dicomUniqueAETitle\ndicomAETitle: {title}\n\n"
        f"dn: dicomAETitle={title},{DEVICE}\nobjectClass: dicomNetworkAE\nobjectClass: dcmNetworkAE\n"
        f"objectClass: dcmArchiveNetworkAE\ndicomAETitle: {title}\ndicomAssociationInitiator: TRUE\n"
        f"dicomAssociationAcceptor: TRUE\ndicomNetworkConnectionReference: cn=dicom,{DEVICE}\n"
    )
