"""Which types are priced by which tariff: every type of the bill of quantities has one."""

from collections.abc import Callable, Iterator, Mapping

from dicom_cdk.cost import applications, by_hand, databases, hosts
from dicom_cdk.cost.tariff import Quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

TARIFFS: Mapping[str, Callable[[Target, Resource], Iterator[Quote]]] = {
    "alicloud_instance": hosts.host,
    "alicloud_ecs_disk": hosts.disk,
    "alicloud_db_instance": databases.database,
    "alicloud_sae_application": applications.application,
    "alicloud_slb_load_balancer": by_hand.balancer,
    "alicloud_fcv3_function": by_hand.function,
    "alicloud_fcv3_provision_config": by_hand.warm,
    "alicloud_nat_gateway": by_hand.gateway,
    "alicloud_vpn_gateway": by_hand.tunnels,
    "alicloud_eip_address": by_hand.address,
    "alicloud_oss_bucket": by_hand.bucket,
    "alicloud_oss_bucket_replication": by_hand.replication,
    "alicloud_nas_file_system": by_hand.files,
    "alicloud_hbr_vault": by_hand.backups,
    "alicloud_cr_ee_instance": by_hand.registry,
    "alicloud_kms_key": by_hand.key,
    "alicloud_kms_secret": by_hand.secret,
    "alicloud_log_store": by_hand.logs,
    "alicloud_ecs_auto_snapshot_policy": by_hand.snapshots,
    "alicloud_cms_alarm": by_hand.alarm,
    "alicloud_ots_instance": by_hand.table,
}


def quotes(target: Target, one: Resource) -> list[Quote]:
    """Prices that a resource needs; none where its type has no tariff, or its size is known after apply only."""
    tariff = TARIFFS.get(one.type)
    return list(tariff(target, one)) if tariff else []
