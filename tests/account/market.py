"""An account in which the examples can be applied: what is sold in which zone, what it costs. Values are our own."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from tests.account.vendor import Answer, Json, error

ACCOUNT = "1234567890123456"
ZONES = {
    "cn-shanghai": ("cn-shanghai-b", "cn-shanghai-g", "cn-shanghai-l"),
    "cn-hangzhou": ("cn-hangzhou-j", "cn-hangzhou-k"),
}
HOST_TYPES = {
    "ecs.g7.large": (2, 8), "ecs.g7.xlarge": (4, 16), "ecs.g7.2xlarge": (8, 32), "ecs.s6-c1m2.large": (2, 4),
    "ecs.c7.xlarge": (4, 8), "ecs.g8i.xlarge": (4, 16),
}  # fmt: skip


def available_resource(sold: Mapping[str, Mapping[str, str]]) -> Answer:
    """`sold`: zone → name → StatusCategory."""

    def answer(parameters: Mapping[str, str]) -> Json:
        wanted = parameters.get("InstanceType") if parameters["DestinationResource"] == "InstanceType" else None
        zones = []
        for zone, things in sold.items():
            if parameters.get("ZoneId", zone) != zone or not zone.startswith(parameters["RegionId"]):
                continue
            listed = [
                {
                    "Value": name,
                    "Status": "SoldOut" if category == "WithoutStock" else "Available",
                    "StatusCategory": category,
                }
                for name, category in things.items()
                if wanted in (None, name)
            ]
            resources = (
                [{"Type": "InstanceType", "SupportedResources": {"SupportedResource": listed}}] if listed else []
            )
            zones.append({"ZoneId": zone, "AvailableResources": {"AvailableResource": resources}})
        return {"AvailableZones": {"AvailableZone": zones}}

    return answer


def everywhere(things: Iterable[str] = HOST_TYPES) -> dict[str, dict[str, str]]:
    """All of it in stock in every zone."""
    return {zone: dict.fromkeys(things, "WithStock") for zones in ZONES.values() for zone in zones}


def host_price(parameters: Mapping[str, str]) -> Json:
    """0.25 a vCPU, 0.001 a GB of disk; by the hour."""
    vcpus = HOST_TYPES[parameters["InstanceType"]][0] if "InstanceType" in parameters else 0
    size = int(parameters.get("SystemDisk.Size") or parameters.get("DataDisk.1.Size") or 0)
    price = round(0.25 * vcpus + 0.001 * size, 4)
    return {
        "PriceInfo": {"Price": {"OriginalPrice": price, "DiscountPrice": 0, "TradePrice": price, "Currency": "CNY"}}
    }


DISKS = ("cloud_essd", "cloud_auto")
METRICS = {
    "acs_rds_dashboard": ("cpu_usage", "mem_usage", "local_fs_size_usage", "iops_usage", "conn_usgae"),
    "acs_ecs_dashboard": ("CPUUtilization", "diskusage_utilization", "memory_usedutilization"),
    "acs_slb_dashboard": ("UnhealthyServerCount", "HeathyServerCount"),
    "acs_oss_dashboard": ("Availability",), "acs_networkmonitor": ("Availability",),
    "acs_nat_gateway": ("SessionActiveConnectionWaterLever", "SessionLimitDropConnection"),
}  # fmt: skip
DIMENSIONS = {"acs_oss_dashboard": "BucketName", "acs_networkmonitor": "taskId"}
STATISTICS = {"acs_oss_dashboard": "Value", "acs_nat_gateway": "Value", "acs_networkmonitor": "Availability"}
DATABASE_CLASSES = ("pg.n2.2c.2m", "pg.n2.2c.1m", "pg.n2.4c.2m")


def sold_in_ecs(parameters: Mapping[str, str]) -> Any:
    """Host types or disks, by what is asked for."""
    if parameters["DestinationResource"] == "InstanceType":
        answer = available_resource(everywhere())
    else:
        answer = available_resource(everywhere(DISKS))
    assert callable(answer)
    return answer(parameters)


def database_zones(zones: Mapping[str, tuple[tuple[str, str, str], ...]]) -> Json:
    """`zones`: zone → (version, category, storage type)."""
    return {
        "AvailableZones": [
            {"ZoneId": zone, "SupportedEngines": [{"Engine": "PostgreSQL", "SupportedEngineVersions": [
                {"Version": version, "SupportedCategorys": [
                    {"Category": category, "SupportedStorageTypes": [{"StorageType": storage}]}]}
                for version, category, storage in sold
            ]}]}
            for zone, sold in zones.items()
        ]
    }  # fmt: skip


SOLD_DATABASES = tuple(
    (version, category, storage)
    for version in ("13.0", "15.0", "16.0")
    for category in ("HighAvailability", "Basic")
    for storage in ("cloud_essd", "cloud_essd2", "cloud_essd3")
)


def database_classes(parameters: Mapping[str, str]) -> Json:
    del parameters
    range_ = {"MinValue": 20, "MaxValue": 32000, "Step": 5}
    return {
        "DBInstanceClasses": [{"DBInstanceClass": kind, "DBInstanceStorageRange": range_} for kind in DATABASE_CLASSES]
    }


def balancer_pairs(*pairs: tuple[str, str]) -> Json:
    resources = {"SupportResource": [{"AddressIPVersion": "ipv4", "AddressType": "vpc"}]}
    return {
        "AvailableResources": {
            "AvailableResource": [
                {"MasterZoneId": main, "SlaveZoneId": standby, "SupportResources": resources} for main, standby in pairs
            ]
        }
    }


def provisions(parameters: Mapping[str, str]) -> Json:
    """Everything that is asked for is activated."""
    names = [value for name, value in sorted(parameters.items()) if name.startswith("Services.")]
    return {
        "ServiceProvisions": [
            {"ServiceName": name, "Status": "Enabled", "RoleProvision": {"Roles": []}} for name in names
        ]
    }


def attributes(parameters: Mapping[str, str]) -> Json:
    """A verified account with 200 vCPUs, 10 of them in use."""
    values = {
        "real-name-authentication": "yes", "max-postpaid-instance-vcpu-count": "200", "used-postpaid-instance-vcpu-count": "10",
    }  # fmt: skip
    names = [value for name, value in sorted(parameters.items()) if name.startswith("AttributeName.")]
    return {
        "AccountAttributeItems": {
            "AccountAttributeItem": [
                {"AttributeName": name, "AttributeValues": {"ValueItem": [{"Value": values[name]}]}} for name in names
            ]
        }
    }


def instance_types(parameters: Mapping[str, str]) -> Json:
    names = [value for name, value in sorted(parameters.items()) if name.startswith("InstanceTypes.")]
    found = [
        {"InstanceTypeId": name, "CpuCoreCount": HOST_TYPES[name][0], "MemorySize": HOST_TYPES[name][1]}
        for name in names or HOST_TYPES
        if name in HOST_TYPES
    ]
    return {"InstanceTypes": {"InstanceType": found}}


def quotas(parameters: Mapping[str, str]) -> Json:
    codes = {
        "slb": {"slb_quota_instances_num": 60}, "eip": {"eip_whitelist/eip_number": 20},
        "vpc": {"vpc_quota_ngw_num": 5, "vpc_quota_instances_num": 10}, "ecs": {"q_security-groups": 100},
    }  # fmt: skip
    found = [
        {"QuotaActionCode": code, "TotalQuota": total, "TotalUsage": 1, "Consumable": True, "Adjustable": True}
        for code, total in codes[parameters["ProductCode"]].items()
    ]
    if parameters["ProductCode"] == "ecs":
        named = {"QuotaName": "Rules of a security group", "TotalQuota": 200, "Consumable": False}
        found.append({"QuotaActionCode": "made-up", **named})
    return {"Quotas": [{"QuotaActionCode": "something_else", "TotalQuota": 1, "Consumable": True}, *found]}


def metrics(parameters: Mapping[str, str]) -> Json:
    names = METRICS.get(parameters["Namespace"], ())
    wanted = parameters.get("MetricName")
    return {
        "Resources": {
            "Resource": [
                {"Namespace": parameters["Namespace"], "MetricName": name,
                 "Dimensions": f"userId,{DIMENSIONS.get(parameters['Namespace'], 'instanceId')}",
                 "Statistics": STATISTICS.get(parameters["Namespace"], "Average,Minimum,Maximum"), "Periods": "60,300"}
                for name in names
                if wanted in (None, name)
            ]
        }
    }  # fmt: skip


def kms_used(parameters: Mapping[str, str]) -> Json:
    kind = parameters["ResourceType"]
    return {"KmsInstanceQuotaInfos": [{"ResourceType": kind, "ResourceQuota": 100, "UsedQuantity": 1}]}


def database_price(parameters: Mapping[str, str]) -> Json:
    """0.002 a GB and 1 for the class; by the hour."""
    price = round(1 + 0.002 * int(parameters["DBInstanceStorage"]), 4)
    return {"PriceInfo": {"OriginalPrice": price + 1, "DiscountPrice": 1, "TradePrice": price, "Currency": "CNY"}}


def application_price(parameters: Mapping[str, str]) -> Json:
    order = {"OriginalAmount": 2, "DiscountAmount": 0, "TradeAmount": int(parameters["Cpu"]) / 4000}
    return {"Success": True, "Data": {"CpuMemPrice": {"Order": order}}}


def vswitch(parameters: Mapping[str, str]) -> Json:
    """Those of examples/bring-your-own.yaml, by their last letter."""
    one = parameters["VSwitchId"]
    zone, cidr = ("cn-hangzhou-j", "10.20.1.0/24") if one.endswith("l") else ("cn-hangzhou-k", "10.20.2.0/24")
    place = {"VSwitchId": one, "VpcId": "vpc-bp1example", "ZoneId": zone, "CidrBlock": cidr}
    return {"VSwitches": {"VSwitch": [{**place, "AvailableIpAddressCount": 240}]}}


def registries(parameters: Mapping[str, str]) -> Json:
    """None of a name; all: the one that an example gives."""
    there = {"InstanceId": "cri-example", "InstanceStatus": "RUNNING", "InstanceSpecification": "Enterprise_Basic"}
    return {"Instances": [] if "InstanceName" in parameters else [there]}


ESTIMATES = {
    "alicloud_cr_ee_instance": (100, "/Month"), "alicloud_vpn_gateway": (0.4, "/Hour"),
    "alicloud_slb_load_balancer": (0.1, "/Hour"), "alicloud_nat_gateway": (0.24, "/Day"), "alicloud_eip_address": (0.02, "/Hour"),
}  # fmt: skip
"""What Resource Orchestration prices here: amount and unit by type."""
FEATURES = {
    "Terraform": {
        "SupportedVersions": [{"Transform": f"Aliyun::Terraform-v1.{number}"} for number in (2, 10, 9)],
        "SupportedResourceTypes": {"EstimateCost": sorted(ESTIMATES)},
    }
}


def estimate(parameters: Mapping[str, str]) -> Json:
    """Of the resource `priced` in a template of Terraform."""
    body = json.loads(parameters["TemplateBody"])
    assert body["Transform"] == "Aliyun::Terraform-v1.10"
    found = re.search(r'resource "(\w+)" "priced"', body["Workspace"]["main.tf"])
    assert found is not None
    price, unit = ESTIMATES[found[1]]
    order = {"OriginalAmount": price + 1, "DiscountAmount": 1, "TradeAmount": price, "Currency": "CNY"}
    supplement = {"PriceUnit": unit, "Quantity": 1, "PriceType": "Total", "ChargeType": "PostPaid"}
    priced = {"Type": found[1], "Success": True, "Result": {"Order": order, "OrderSupplement": supplement}}
    return {
        "Resources": {f"{found[1]}.priced": priced, "alicloud_vpc.beside": {"Type": "alicloud_vpc", "Success": True}}
    }


def good() -> dict[str, Answer]:
    """Answers by action, and by version where two services have one; each test takes a copy and spoils what it is about."""
    everything = {zone: SOLD_DATABASES for zones in ZONES.values() for zone in zones}
    pairs = [(one, other) for zones in ZONES.values() for one in zones for other in zones if one != other]
    sizes = ((1000, 2048), (2000, 8192), (8000, 32768), (4000, 16384))
    return {
        "GetCallerIdentity": {"AccountId": ACCOUNT, "Arn": f"acs:ram::{ACCOUNT}:user/reader"},
        "DescribeAccountAttributes": attributes,
        "GetServiceProvisions": provisions,
        "DescribeAvailableResource 2014-05-26": sold_in_ecs,
        "DescribeInstanceTypes": instance_types,
        "DescribeImages": lambda parameters: {
            "Images": {"Image": [{"ImageId": parameters["ImageId"], "Status": "Available"}]}
        },
        "DescribeAvailableZones": database_zones(everything),
        "DescribeAvailableClasses": database_classes,
        "DescribeAvailableResource 2014-05-15": balancer_pairs(*pairs),
        "DescribeInstanceSpecifications": {
            "Data": [{"Cpu": cpu, "Memory": memory, "Enable": True, "Version": 1} for cpu, memory in sizes]
        },
        "DescribeRegions": {"Regions": {"Region": [{"RegionId": region, "LocalName": region} for region in ZONES]}},
        "GetFunction": error("FunctionNotFound", "no such function", 404),
        "ListInstance": registries,
        "ListInstanceRegion": {"IsSuccess": True, "Regions": [{"RegionId": region} for region in ZONES]},
        "DescribeVpnGatewayAvailableZones": lambda parameters: {
            "AvailableZoneIdList": [{"ZoneId": zone} for zone in ZONES.get(parameters["RegionId"], ())]
        },
        "GetBucketInfo": error("NoSuchBucket", "no such bucket", 404),
        "GetProject": error("ProjectNotExist", "no such project", 404),
        "DescribeVpcs": lambda parameters: {
            "Vpcs": {"Vpc": [{"VpcId": parameters["VpcId"], "CidrBlock": "10.0.0.0/8", "Status": "Available"}]}
        },
        "DescribeVSwitches": vswitch,
        "DescribeKey": {"KeyMetadata": {"KeyState": "Enabled", "KeySpec": "Aliyun_AES_256"}},
        "DescribeAccountKmsStatus": {"AccountStatus": "Enabled"},
        "ListKmsInstances": {"KmsInstances": {"KmsInstance": [{"KmsInstanceId": "kst-example"}]}, "TotalCount": 1},
        "GetDefaultKmsInstance": {"DefaultKmsInstanceId": "kst-example"},
        "GetKmsInstanceQuotaInfos": kms_used,
        "DescribeSecret": error("Forbidden.ResourceNotFound", "no such secret", 404),
        "ListProductQuotas": quotas,
        "DescribeDomains": lambda parameters: {"Domains": {"Domain": [{"DomainName": parameters["KeyWord"]}]}},
        "DescribeDomainRecords": {"DomainRecords": {"Record": []}},
        "CheckCdnDomainICP": {"Status": "DomainIsRegistration"},
        "QueryAccountBalance": {"Success": True, "Data": {"AvailableAmount": "1,234.50", "Currency": "CNY"}},
        "DescribeMetricMetaList": metrics,
        "GetFeatureDetails": FEATURES,
        "GetTemplateEstimateCost": estimate,
        "DescribePrice 2014-05-26": host_price,
        "DescribePrice 2014-08-15": database_price,
        "DescribeConfigurationPrice": application_price,
    }
