"""Room directory: two OpenLDAP hosts in mirror mode behind a balancer (guide step 3)."""

from dicom_cdk.settings.models.base import EcsInstanceType, ImageTag, IpAddress, setting
from dicom_cdk.settings.models.hosts import Host


class Directory(Host):
    """LDAP pair and its balancer."""

    instance_type: EcsInstanceType = setting("ecs.s6-c1m2.large", guide="3.1")
    """ECS instance type of both hosts."""
    name_l: str = setting("ecs-dicom-ldap-l-01", guide="3.1", min_length=2, max_length=128)
    """Name of the host in vSwitch l."""
    name_g: str = setting("ecs-dicom-ldap-g-01", guide="3.1", min_length=2, max_length=128)
    """Name of the host in vSwitch g."""
    private_ip_l: IpAddress = setting("172.18.92.187", guide="3.1")
    """Address of host l, inside vSwitch l."""
    private_ip_g: IpAddress = setting("172.18.18.105", guide="3.1")
    """Address of host g, inside vSwitch g."""
    balancer_name: str = setting("slb-dicom-ldap", guide="3.7", min_length=1, max_length=80)
    """Name of the balancer."""
    balancer_ip: IpAddress = setting("172.18.92.189", guide="5.1")
    """Address of the balancer, inside vSwitch l; the LDAP_URL of every client."""
    image_tag: ImageTag | None = setting(None, guide="3.3")
    """Tag of slapd-dcm4chee; default: the one that belongs to archive.version."""
    base_dn: str = setting("dc=dcm4che,dc=org", guide="0.1", pattern=r"^dc=[a-z0-9-]+(,dc=[a-z0-9-]+)*$")
    """Root of the directory."""
    backup_retention_days: int = setting(30, ge=1, le=3650)
    """Days that the daily directory backups are kept in the operations bucket."""
