"""Every call that may be made: all of them read. The RAM policy of who asks is computed from this table."""

from dataclasses import dataclass

from dicom_cdk.account import services
from dicom_cdk.account.services import Service


@dataclass(frozen=True)
class Call:
    """One action of a service. `path`: of ROA calls, with {names} of parameters that go into it."""

    service: Service
    action: str
    path: str = "/"
    in_body: frozenset[str] = frozenset()
    """Parameters that this call takes as a form, not in the address."""
    free: bool = False
    """Needs no permission."""
    permission: str = ""
    """RAM action where it is not prefix and action name."""
    unsure: bool = False
    """No page of the vendor says the RAM action's name."""

    @property
    def ram(self) -> str:
        """The RAM action that lets a key make it; "" where none is needed."""
        return "" if self.free else self.permission or f"{self.service.prefix}:{self.action}"


IDENTITY = Call(services.STS, "GetCallerIdentity", free=True)
ECS_ACCOUNT = Call(services.ECS, "DescribeAccountAttributes")
ECS_SOLD = Call(services.ECS, "DescribeAvailableResource")
ECS_TYPES = Call(services.ECS, "DescribeInstanceTypes")
ECS_PRICE = Call(services.ECS, "DescribePrice")
IMAGES = Call(services.ECS, "DescribeImages")
RDS_ZONES = Call(services.RDS, "DescribeAvailableZones")
RDS_CLASSES = Call(services.RDS, "DescribeAvailableClasses")
RDS_PRICE = Call(services.RDS, "DescribePrice")
CLB_SOLD = Call(services.CLB, "DescribeAvailableResource")
SAE_SIZES = Call(services.SAE, "DescribeInstanceSpecifications", "/pop/v1/paas/quota/instanceSpecifications")
SAE_PRICE = Call(services.SAE, "DescribeConfigurationPrice", "/pop/v1/paas/configurationPrice")
FC_REGIONS = Call(services.FC, "DescribeRegions", "/2023-03-30/regions", unsure=True)
FC_FUNCTION = Call(services.FC, "GetFunction", "/2023-03-30/functions/{functionName}")
ACR_INSTANCES = Call(services.ACR, "ListInstance")
ACR_REGIONS = Call(services.ACR, "ListInstanceRegion", unsure=True)
KMS_STATUS = Call(services.KMS, "DescribeAccountKmsStatus")
KMS_INSTANCES = Call(services.KMS, "ListKmsInstances")
KMS_DEFAULT = Call(services.KMS, "GetDefaultKmsInstance", free=True)
KMS_USED = Call(services.KMS, "GetKmsInstanceQuotaInfos")
KMS_SECRET = Call(services.KMS, "DescribeSecret")
KMS_KEY = Call(services.KMS, "DescribeKey")
VPCS = Call(services.VPC, "DescribeVpcs")
VSWITCHES = Call(services.VPC, "DescribeVSwitches")
VPN_ZONES = Call(services.VPC, "DescribeVpnGatewayAvailableZones")
BUCKET = Call(services.OSS, "GetBucketInfo")
LOG_PROJECT = Call(services.SLS, "GetProject")
PROVISIONS = Call(services.ROS, "GetServiceProvisions", unsure=True)
ROS_FEATURES = Call(services.ROS, "GetFeatureDetails", free=True)
ROS_ESTIMATE = Call(services.ROS, "GetTemplateEstimateCost", in_body=frozenset({"TemplateBody"}), unsure=True)
ROS_RISKS = Call(services.ROS, "ListStackOperationRisks", in_body=frozenset({"TemplateBody"}), unsure=True)
QUOTAS = Call(
    services.QUOTAS, "ListProductQuotas",
    in_body=frozenset({"ProductCode", "Dimensions.1.Key", "Dimensions.1.Value", "MaxResults", "NextToken"}),
)  # fmt: skip
METRICS = Call(services.CMS, "DescribeMetricMetaList", unsure=True)
DNS_ZONES = Call(services.DNS, "DescribeDomains")
DNS_RECORDS = Call(services.DNS, "DescribeDomainRecords")
FILING = Call(services.CDN, "CheckCdnDomainICP")
BALANCE = Call(services.BSS, "QueryAccountBalance", unsure=True)
PRICES: dict[str, tuple[Call, ...]] = {
    "alicloud_instance": (ECS_PRICE,),
    "alicloud_ecs_disk": (ECS_PRICE,),
    "alicloud_db_instance": (RDS_PRICE,),
    "alicloud_sae_application": (SAE_PRICE,),
    **dict.fromkeys(
        ("alicloud_slb_load_balancer", "alicloud_nat_gateway", "alicloud_eip_address", "alicloud_cr_ee_instance",
         "alicloud_kms_key", "alicloud_kms_secret", "alicloud_fcv3_provision_config", "alicloud_vpn_gateway"),
        (ROS_ESTIMATE,),
    ),
}  # fmt: skip
"""Type → calls that tell what it costs."""
