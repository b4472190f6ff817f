"""Room archive: the management host with console, DIMSE and HL7 (guide step 4)."""

from typing import Annotated, Literal

from pydantic import Field

from dicom_cdk.settings.models.base import EcsInstanceType, ImageTag, IpAddress, setting
from dicom_cdk.settings.models.hl7 import CharacterSet
from dicom_cdk.settings.models.hosts import Host

AeTitle = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,16}$")]
"""DICOM application entity title, at most 16 characters (PS3.5 6.2), of those that need no quoting in a URL."""


class Archive(Host):
    """Management host."""

    instance_type: EcsInstanceType = setting("ecs.g7.xlarge", guide="4.1")
    """ECS instance type."""
    system_disk_gb: int = setting(100, guide="4.1", ge=20, le=2048)
    """System disk, GiB."""
    name: str = setting("ecs-dicom-arc-l-01", guide="4.1", min_length=2, max_length=128)
    """Name of the host."""
    private_ip: IpAddress = setting("172.18.92.175", guide="4.7")
    """Address of the host, inside vSwitch l; modalities send here, and the directory names it as the archive's."""
    version: ImageTag = setting("5.25.2", guide="4.2")
    """Release of the archive: tag of dcm4chee-arc-psql. The guide's 5.25.0 answers most of WADO-RS with 500. The tags of the other
    images follow it. On a site that lives, change it as docs/upgrades.md says."""
    behaves_like: ImageTag | None = None
    """Release that a version behaves like which is not known here, such as your own build; for such a version only."""
    upgrade_from: ImageTag | None = None
    """Release that the site lives with, while `version` is a later one: schema and directory are walked from it
    (docs/upgrades.md)."""
    dimse: Literal["host", "balanced"] = "host"
    """Where devices call by DIMSE: the archive's host, or the address of DICOMweb's balancer, behind which every archive of the
    site takes them, so that DIMSE outlives the host (docs/modalities.md)."""
    device_name: str = setting("dcm4chee-arc", guide="0.1", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """Device name of the archive in the directory."""
    ae_title: AeTitle = setting("DCM4CHEE", guide="0.1")
    """AE title of the archive."""
    worklist_ae_title: AeTitle | None = None
    """AE title of the worklist. Default by release: WORKLIST from 5.29.1 on, the archive's own before; a site that was walked up
    from an older release keeps its own."""
    store_ae_title: AeTitle | None = None
    """AE title that takes images and finds none, with `query_ae_title`: listed devices call it to store, and no other title does it
    for them. None: at the archive's AE title a device that may store can query, and one that may query can store."""
    query_ae_title: AeTitle | None = None
    """AE title that finds and sends images and takes none, for listed devices with query or retrieve."""
    heap_percent: int = setting(60, ge=10, le=80)
    """Java heap in percent of the host's memory; the image's own default is 512 MB."""
    hl7_character_set: CharacterSet | None = None
    """Character set of HL7 messages that name none (MSH-18), with `hl7`. The archive's own default, 8859/1, stores Chinese names
    of such messages as nonsense and says they are well."""
    compression: Literal["jpeg-lossless", "jpeg-ls-lossless", "jpeg-2000-lossless"] | None = None
    """Compress images without loss as they come in. None: they are kept as they came. What it costs, and what was not tried:
    docs/storage.md."""
    client_certificates: Literal["required", "optional"] = "required"
    """Whether a caller over TLS has to show a certificate that the archive trusts. optional: TLS hides what is sent, and a caller
    is known by AE title and address alone; the archive itself still asks devices that it sends to for theirs."""
    certificate_generation: int | None = setting(None, ge=1)
    """Number of the certificate on the TLS ports, given by the variables archive_certificate and archive_private_key; raise it
    with each new one. None: a self-signed one."""
    audit_host: str | None = setting(None, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Address or domain of a collector of yours for DICOM audit messages (syslog, UDP). None: the archive's host receives them and
    they are kept with the logs (`watch.hosts`)."""
    audit_port: int = setting(514, ge=1, le=65535)
    """Port of that collector."""
    verify_studies: int = setting(0, ge=0, le=10000)
    """Studies that are read back every night, at random, and compared with their checksums; 0: none."""
    test_data: bool = setting(False, guide="4.8")
    """Send the sample images of dcm4che-tools once the archive answers, and look whether they arrived."""
