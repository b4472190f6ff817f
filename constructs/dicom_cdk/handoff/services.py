"""Services of the vendor that an account must have activated before a stack can be applied."""

from dicom_cdk.policy.document import Document

SERVICES = {
    "alicloud_oss_bucket": "Object Storage Service", "alicloud_log_project": "Simple Log Service",
    "alicloud_kms_key": "Key Management Service", "alicloud_kms_secret": "Key Management Service",
    "alicloud_sae_application": "Serverless App Engine", "alicloud_fcv3_function": "Function Compute",
    "alicloud_ots_instance": "Tablestore", "alicloud_cr_vpc_endpoint_linked_vpc": "PrivateZone",
    "alicloud_cr_ee_instance": "Container Registry", "alicloud_db_instance": "ApsaraDB RDS", "alicloud_instance": "ECS",
    "alicloud_nat_gateway": "NAT Gateway", "alicloud_slb_load_balancer": "Classic Load Balancer",
    "alicloud_nas_file_system": "File Storage NAS", "alicloud_hbr_vault": "Cloud Backup",
    "alicloud_cms_alarm": "CloudMonitor", "alicloud_alidns_record": "Alibaba Cloud DNS",
    "alicloud_vpn_gateway": "VPN Gateway",
    "alicloud_actiontrail_trail": "ActionTrail", "alicloud_vpc_flow_log": "VPC flow logs",
}  # fmt: skip
"""Type → service that must be activated (facts: provider 7)."""


def activated(document: Document) -> list[str]:
    """Those that the stack uses, in order."""
    return sorted({name for kind, name in SERVICES.items() if document.of(kind)})
