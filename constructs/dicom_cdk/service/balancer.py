"""An intranet CLB as both directory and DICOMweb use it: paid by LCU, two zones, fixed address (facts: provider 3.3)."""

from cdktf_cdktf_provider_alicloud.slb_load_balancer import SlbLoadBalancer, SlbLoadBalancerTimeouts
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.network import Network


def intranet_balancer(
    scope: Construct, id: str, *, site: Identity, name: str, address: str, network: Network
) -> SlbLoadBalancer:
    """A balancer in vSwitch l with its standby in g's zone. The guide's specification is sold no more."""
    return SlbLoadBalancer(
        scope,
        id,
        load_balancer_name=name,
        address_type="intranet",
        address=address,
        vswitch_id=network.vswitch_l.id,
        master_zone_id=network.vswitch_l.zone,
        slave_zone_id=network.vswitch_g.zone,
        payment_type="PayAsYouGo",
        instance_charge_type="PayByCLCU",
        delete_protection="on" if site.protected else "off",
        tags=site.tags,
        timeouts=SlbLoadBalancerTimeouts(create="15m"),
    )
