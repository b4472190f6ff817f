"""An intranet CLB as both directory and DICOMweb use it: paid by LCU, two zones, fixed address (facts: provider 3.3)."""

from cdktf_cdktf_provider_alicloud.slb_load_balancer import SlbLoadBalancer, SlbLoadBalancerTimeouts
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.subnet import Subnet


def intranet_balancer(
    scope: Construct, id: str, *, site: Identity, name: str, address: str | None, main: Subnet, standby: Subnet
) -> SlbLoadBalancer:
    """A balancer in `main` with its standby in the zone of `standby`. The guide's specification is sold no more.

    `address`: None = a free one of `main`'s, which the resource then tells.
    """
    return SlbLoadBalancer(
        scope,
        id,
        load_balancer_name=name,
        address_type="intranet",
        address=address,
        vswitch_id=main.id,
        master_zone_id=main.zone,
        slave_zone_id=standby.zone,
        payment_type="PayAsYouGo",
        instance_charge_type="PayByCLCU",
        delete_protection="on" if site.protected else "off",
        tags=site.tags,
        timeouts=SlbLoadBalancerTimeouts(create="15m"),
    )
