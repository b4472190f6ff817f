"""Room network (guide step 1): VPC, two vSwitches, the security groups of all rooms, the way out.

Beyond the guide: security groups and egress (facts: provider 7, items 2 and 3). The groups are empty; each room adds its own rules.
"""

from collections.abc import Sequence

from cdktf_cdktf_provider_alicloud.eip_address import EipAddress
from cdktf_cdktf_provider_alicloud.eip_association import EipAssociation
from cdktf_cdktf_provider_alicloud.nat_gateway import NatGateway
from cdktf_cdktf_provider_alicloud.security_group import SecurityGroup
from cdktf_cdktf_provider_alicloud.snat_entry import SnatEntry
from cdktf_cdktf_provider_alicloud.vpc import Vpc
from cdktf_cdktf_provider_alicloud.vswitch import Vswitch
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.place import Place
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.reach import Reach
from dicom_cdk.settings.models import network as settings_network
from dicom_cdk.settings.models.modalities import Hospital

ROOMS_WITH_GROUP = ("directory", "archive", "dicomweb", "gateway", "filter")


class Network(Construct):
    """VPC, vSwitches by role, security groups by room, egress."""

    vpc_id: str
    route_table_id: str
    """Where ways to hospitals are entered; "" for a VPC of yours that names none."""
    vswitch_l: Subnet
    vswitch_g: Subnet
    groups: dict[str, SecurityGroup]
    """The security group of each room that has one, by the room's name; empty until the room adds rules."""
    vpn_bandwidth_mbps: int
    """Of the VPN gateway, where a hospital comes over one."""
    reach: Reach
    """Which networks reach the site."""
    egress: list[SnatEntry]
    nat_gateway_id: str
    """Of the way out; "" without one."""
    """What a host that fetches packages waits for; empty without NAT."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_network.Network,
        hospitals: Sequence[Hospital] = (),
    ) -> None:
        """`hospitals`: whose listed devices connect from networks of their own."""
        super().__init__(scope, id)
        self.reach = Reach.of(settings, hospitals)
        self.vpn_bandwidth_mbps = settings.vpn_bandwidth_mbps
        if settings.vpc_id is None:
            vpc = Vpc(
                self, "vpc", vpc_name=settings.vpc_name or f"vpc-{site.name}", cidr_block=settings.cidr, tags=site.tags
            )
            self.vpc_id, self.route_table_id = vpc.id, vpc.route_table_id
        else:
            self.vpc_id, self.route_table_id = settings.vpc_id, settings.route_table_id or ""
        self.vswitch_l = self._subnet("l", site, settings.vswitch_l)
        self.vswitch_g = self._subnet("g", site, settings.vswitch_g)
        self.groups = {
            room: SecurityGroup(
                self,
                f"group-{room}",
                security_group_name=f"sg-{site.name}-{room}",
                description=f"DICOM service {site.name}, {room}",
                vpc_id=self.vpc_id,
                security_group_type="normal",
                # Members of a group do not see each other unless a rule says so.
                inner_access_policy="Drop",
                tags=site.tags,
            )
            for room in ROOMS_WITH_GROUP
            # Without hospitals' networks there is no filter.
            if room != "filter" or settings.hospital_cidrs
        }
        self.nat_gateway_id = ""
        self.egress = self._nat(site, settings) if settings.egress == "nat" else []

    def place(self, subnet: Subnet, private_ip: str, *, room: str) -> Place:
        """Where a host of `room` stands, which has a security group: at `private_ip`, inside `subnet`."""
        return Place(subnet, private_ip, self.groups[room].id, self.egress)

    def _subnet(self, role: str, site: Identity, settings: settings_network.VSwitch) -> Subnet:
        # The loader refuses a site whose zone is neither given nor known for the region.
        zone = settings.zone or f"{site.region}-{role}"
        if settings.id is not None:
            return Subnet(settings.id, zone, settings.cidr)
        vswitch = Vswitch(
            self,
            f"vswitch-{role}",
            vswitch_name=settings.name or f"vsw-{site.name}-{role}",
            vpc_id=self.vpc_id,
            zone_id=zone,
            cidr_block=settings.cidr,
            tags=site.tags,
        )
        return Subnet(vswitch.id, zone, settings.cidr)

    def _nat(self, site: Identity, settings: settings_network.Network) -> list[SnatEntry]:
        gateway = NatGateway(
            self,
            "nat",
            nat_gateway_name=f"nat-{site.name}",
            description=f"Way out of DICOM service {site.name}: package mirrors",
            vpc_id=self.vpc_id,
            vswitch_id=self.vswitch_l.id,
            nat_type="Enhanced",
            payment_type="PayAsYouGo",
            internet_charge_type="PayByLcu",
            deletion_protection=site.protected,
            tags=site.tags,
        )
        self.nat_gateway_id = gateway.id
        address = EipAddress(
            self,
            "nat-address",
            address_name=f"eip-{site.name}-nat",
            payment_type="PayAsYouGo",
            internet_charge_type="PayByTraffic",
            bandwidth=str(settings.egress_bandwidth_mbps),
            tags=site.tags,
        )
        association = EipAssociation(
            self, "nat-association", allocation_id=address.id, instance_id=gateway.id, instance_type="Nat"
        )
        return [
            SnatEntry(
                self,
                f"snat-{role}",
                snat_entry_name=f"snat-{site.name}-{role}",
                snat_table_id=gateway.snat_table_ids,
                source_vswitch_id=subnet.id,
                snat_ip=address.ip_address,
                depends_on=[association],
            )
            for role, subnet in (("l", self.vswitch_l), ("g", self.vswitch_g))
        ]
