"""Where the vendor's services answer, in which version and style (their SDKs' endpoint maps)."""

from dataclasses import dataclass
from typing import Literal

CENTRAL = frozenset({
    "cn-qingdao", "cn-beijing", "cn-hangzhou", "cn-shanghai", "cn-shenzhen", "cn-hongkong", "ap-southeast-1", "us-east-1",
    "us-west-1", "cn-shanghai-finance-1", "cn-shenzhen-finance-1", "cn-north-2-gov-1",
})  # fmt: skip
"""Regions whose RDS and CLB answer at the one central address."""


@dataclass(frozen=True)
class Service:
    """One of the vendor's services. `host`: below aliyuncs.com, with {region} where each region has its own."""

    prefix: str
    """Of its RAM actions."""
    host: str
    version: str
    style: Literal["RPC", "ROA", "OSS", "SLS"] = "RPC"
    central: str = ""
    """The address in regions of CENTRAL."""

    def address(self, region: str) -> str:
        """The host that answers for a region."""
        host = self.central if self.central and region in CENTRAL else self.host
        if self.prefix == "bssapi" and not region.startswith("cn-"):
            host = "business.ap-southeast-1"
        return f"{host.format(region=region)}.aliyuncs.com"


STS = Service("sts", "sts.{region}", "2015-04-01")
ECS = Service("ecs", "ecs.{region}", "2014-05-26")
VPC = Service("vpc", "vpc.{region}", "2016-04-28")
RDS = Service("rds", "rds.{region}", "2014-08-15", central="rds")
CLB = Service("slb", "slb.{region}", "2014-05-15", central="slb")
ROS = Service("ros", "ros", "2019-09-10")
KMS = Service("kms", "kms.{region}", "2016-01-20")
ACR = Service("cr", "cr.{region}", "2018-12-01")
SAE = Service("sae", "sae.{region}", "2019-05-06", "ROA")
FC = Service("fc", "fcv3.{region}", "2023-03-30", "ROA")
CMS = Service("cms", "metrics.{region}", "2019-01-01")
QUOTAS = Service("quotas", "quotas", "2020-05-10")
BSS = Service("bssapi", "business", "2017-12-14")
DNS = Service("alidns", "alidns", "2015-01-09")
OSS = Service("oss", "oss-{region}", "", "OSS")
SLS = Service("log", "{region}.log", "", "SLS")
CDN = Service("cdn", "cdn", "2018-05-10")
