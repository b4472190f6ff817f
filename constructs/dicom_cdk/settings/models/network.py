"""Room network: VPC, vSwitches, egress, who may connect from outside (guide step 1)."""

from typing import Literal

from dicom_cdk.settings.models.base import Cidr, CloudId, Settings, setting


class VSwitch(Settings):
    """One of the two vSwitches. With `id` it exists already; zone and CIDR then describe it."""

    cidr: Cidr = setting(guide="1")
    """IPv4 network of the vSwitch, inside `network.cidr`."""
    zone: str | None = setting(None, guide="1")
    """Zone id such as cn-shanghai-l. Needed outside cn-shanghai: zones differ from region to region."""
    id: CloudId | None = None
    """Id of an existing vSwitch (bring your own VPC)."""
    name: str | None = setting(None, guide="1", min_length=1, max_length=128)
    """Name; default vsw-<site>-l or vsw-<site>-g."""


class VSwitchL(VSwitch):
    """The first vSwitch: primary database node, archive, balancers."""

    cidr: Cidr = setting("172.18.80.0/20", guide="1")
    """IPv4 network of the vSwitch, inside `network.cidr`."""


class VSwitchG(VSwitch):
    """The second vSwitch, in another zone: secondary nodes, the function, the registry link."""

    cidr: Cidr = setting("172.18.16.0/20", guide="1")
    """IPv4 network of the vSwitch, inside `network.cidr`."""


class Network(Settings):
    """VPC, vSwitches, way out, networks that may connect."""

    vpc_id: CloudId | None = None
    """Id of an existing VPC; both vSwitches then need their id, zone and CIDR as well."""
    vpc_name: str | None = setting(None, guide="1", min_length=1, max_length=128)
    """Name of the VPC; default vpc-<site>."""
    cidr: Cidr = setting("172.18.0.0/16", guide="1")
    """IPv4 network of the VPC."""
    vswitch_l: VSwitchL = VSwitchL()
    """First vSwitch."""
    vswitch_g: VSwitchG = VSwitchG()
    """Second vSwitch, in another zone."""
    route_table_id: CloudId | None = None
    """Route table of an existing VPC, for ways to hospitals (`hospitals[].vpn`, `next_hop`)."""
    security_group_rules: int = setting(200, ge=200, le=1000)
    """Rules that a security group takes in your account: 200, or more where the vendor raised the quota for you. Listed devices
    behind a balancer (`archive.dimse: balanced`) share one group with 50 other rules."""
    vpn_bandwidth_mbps: Literal[10, 100, 200, 500, 1000] = 100
    """Bandwidth of the VPN gateway, Mbit/s, where a hospital has `vpn`; another one makes it anew, with other addresses."""
    egress: Literal["nat", "none"] = "nat"
    """How hosts reach package mirrors: a NAT gateway, or not at all (the vendor's internal mirrors only)."""
    egress_bandwidth_mbps: int = setting(20, ge=1, le=200)
    """Peak bandwidth of the NAT gateway's address, Mbit/s."""
    hospital_cidrs: tuple[Cidr, ...] = ()
    """Private networks of the hospitals: they may use DIMSE and HL7 of the archive, and DICOMweb through the filter."""
    unfiltered_cidrs: tuple[Cidr, ...] = ()
    """Of `hospital_cidrs` those that may still pass the filter by, while they change addresses: unsafe, fails a policy."""
    operator_cidrs: tuple[Cidr, ...] | None = None
    """Opened the archive's console once; now the container engine keeps clear of them, and nothing else."""
