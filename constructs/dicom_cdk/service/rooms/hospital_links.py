"""Ways to the hospitals' networks: IPsec with two tunnels for each hospital that has `vpn`, routes for those and other next hops.

The provider's defaults are IKEv1, MD5 and group 2 (facts: cloud 6.1), so every value is given. A pre-shared key is no write-only
argument: it stands in the state, as every secret does; people read it from the site's secrets.
"""

from collections.abc import Sequence

from cdktf import TerraformOutput, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.route_entry import RouteEntry
from cdktf_cdktf_provider_alicloud.vpn_connection import (
    VpnConnection,
    VpnConnectionTunnelOptionsSpecification,
    VpnConnectionTunnelOptionsSpecificationTunnelIkeConfig,
    VpnConnectionTunnelOptionsSpecificationTunnelIpsecConfig,
)
from cdktf_cdktf_provider_alicloud.vpn_customer_gateway import VpnCustomerGateway
from cdktf_cdktf_provider_alicloud.vpn_gateway import VpnGateway
from cdktf_cdktf_provider_random.password import Password
from constructs import Construct

from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.settings.models.modalities import Hospital, Vpn

ENCRYPTION, DIGEST, GROUP, LIFETIME_SECONDS = "aes256", "sha256", "group14", 28800
KIND_OF_HOP = {"tr-attach": "Attachment", "ri": "RouterInterface"}
"""By how its id begins: CEN's transit router, Express Connect."""


def link_hospitals(scope: Construct, hospitals: Sequence[Hospital], platform: Platform) -> None:
    """Nothing for hospitals that come over a network that is there and whose routes are learned."""
    if any(hospital.vpn or hospital.next_hop for hospital in hospitals):
        _HospitalLinks(scope, "links", hospitals, platform)


class _HospitalLinks(Construct):
    def __init__(self, scope: Construct, id: str, hospitals: Sequence[Hospital], platform: Platform) -> None:
        super().__init__(scope, id)
        self._platform = platform
        by_name = sorted(hospitals, key=lambda hospital: hospital.name)
        tunnelled = [hospital for hospital in by_name if hospital.vpn]
        gateway = self._gateway() if tunnelled else None
        keys: list[str] = []
        for hospital in by_name:
            if hospital.vpn is not None and gateway is not None:
                keys.append(f"{hospital.name}: {self._connect(hospital, hospital.vpn, gateway)}")
                self._route(hospital, "VpnGateway", gateway.id)
            elif hospital.next_hop is not None:
                self._route(hospital, KIND_OF_HOP[hospital.next_hop.rpartition("-")[0]], hospital.next_hop)
        if gateway is not None:
            told = {
                "vpn_addresses": (
                    [gateway.internet_ip, gateway.disaster_recovery_internet_ip],
                    "Where hospitals' gateways build their two tunnels to, first and second",
                ),
                "vpn_keys": (keys, f"Pre-shared keys, by their names in {platform.secrets.place}"),
            }
            for name, (value, description) in told.items():
                TerraformOutput(self, name, value=value, description=description).override_logical_id(name)

    def _gateway(self) -> VpnGateway:
        site, network = self._platform.site, self._platform.network
        return VpnGateway(
            self,
            "gateway",
            vpn_gateway_name=f"vpn-{site.name}",
            description=f"Hospitals of DICOM service {site.name}",
            vpc_id=network.vpc_id,
            vswitch_id=network.vswitch_l.id,
            # The second tunnel's end, in the other zone.
            disaster_recovery_vswitch_id=network.vswitch_g.id,
            bandwidth=network.vpn_bandwidth_mbps,
            network_type="public",
            vpn_type="Normal",
            payment_type="PayAsYouGo",
            enable_ipsec=True,
            enable_ssl=False,
            tags=site.tags,
            # Another one has other addresses, which every hospital has to enter.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
        )

    def _connect(self, hospital: Hospital, vpn: Vpn, gateway: VpnGateway) -> str:
        """The name of its key's secret."""
        site, network, secrets = self._platform.site, self._platform.network, self._platform.secrets
        name = hospital.name.lower()
        key = Password(
            self,
            f"{name}-key-value",
            length=48,
            special=False,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            keepers={"generation": str(vpn.key_generation)},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        held = secrets.hold(self, f"vpn-{name}", value=key.result, generation=vpn.key_generation)
        ends = [
            VpnCustomerGateway(
                self,
                f"{name}-{which}",
                customer_gateway_name=f"{site.name}-{name}-{which}",
                description=f"Gateway of hospital {hospital.name}",
                ip_address=address,
                tags=site.tags,
            )
            for which, address in (("first", vpn.peer), ("second", vpn.second_peer))
            if address is not None
        ]
        VpnConnection(
            self,
            f"{name}-connection",
            vpn_connection_name=f"{site.name}-{name}",
            vpn_gateway_id=gateway.id,
            # What hospitals reach, and no more of the VPC.
            local_subnet=[network.vswitch_l.cidr, network.vswitch_g.cidr],
            remote_subnet=sorted(hospital.cidrs),
            auto_config_route=True,
            effect_immediately=True,
            tunnel_options_specification=[
                _tunnel(role, end.id, key.result) for role, end in (("master", ends[0]), ("slave", ends[-1]))
            ],
            tags=site.tags,
        )
        return held.name

    def _route(self, hospital: Hospital, kind: str, next_hop: str) -> None:
        for cidr in sorted(hospital.cidrs):
            RouteEntry(
                self,
                f"{hospital.name.lower()}-to-{cidr.replace('.', '-').replace('/', '-')}",
                route_table_id=self._platform.network.route_table_id,
                destination_cidrblock=cidr,
                nexthop_type=kind,
                nexthop_id=next_hop,
                name=f"{self._platform.site.name}-{hospital.name}",
                description=f"Hospital {hospital.name}",
            )


def _tunnel(role: str, end: str, key: str) -> VpnConnectionTunnelOptionsSpecification:
    return VpnConnectionTunnelOptionsSpecification(
        customer_gateway_id=end,
        role=role,
        enable_dpd=True,
        enable_nat_traversal=True,
        tunnel_ike_config=VpnConnectionTunnelOptionsSpecificationTunnelIkeConfig(
            ike_version="ikev2",
            ike_mode="main",
            ike_enc_alg=ENCRYPTION,
            ike_auth_alg=DIGEST,
            ike_pfs=GROUP,
            ike_lifetime=LIFETIME_SECONDS,
            psk=key,
        ),
        tunnel_ipsec_config=VpnConnectionTunnelOptionsSpecificationTunnelIpsecConfig(
            ipsec_enc_alg=ENCRYPTION, ipsec_auth_alg=DIGEST, ipsec_pfs=GROUP, ipsec_lifetime=LIFETIME_SECONDS
        ),
    )
