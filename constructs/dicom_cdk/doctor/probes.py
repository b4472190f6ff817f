"""Asks an account with read-only calls: whose key it is, and whether the services of a stack answer it (`doctor --account`).

Names and versions of the calls are those of provider/actions.json. An error of the cloud is told by its code: most often the
service is not activated, or the key may not list.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dicom_cdk.doctor.finding import Finding
from dicom_cdk.plan.stack import Stack

AREA = "account"
PAGE = {"PageSize": "1"}
CALLS = {
    "alicloud_instance": ("ECS", "ecs.{region}", "2014-05-26", "DescribeInstances", {"RegionId": "{region}", **PAGE}),
    "alicloud_vpc": ("VPC", "vpc.{region}", "2016-04-28", "DescribeVpcs", {"RegionId": "{region}", **PAGE}),
    "alicloud_db_instance": (
        "RDS", "rds.{region}", "2014-08-15", "DescribeAvailableZones", {"RegionId": "{region}", "Engine": "PostgreSQL"},
    ),
    "alicloud_kms_key": ("KMS", "kms.{region}", "2016-01-20", "ListKeys", PAGE),
    "alicloud_cr_ee_instance": ("Container Registry", "cr.{region}", "2018-12-01", "ListInstance", PAGE),
    "alicloud_slb_load_balancer": (
        "CLB", "slb.{region}", "2014-05-15", "DescribeAvailableResource", {"RegionId": "{region}"},
    ),
    "alicloud_cms_alarm_contact": ("CloudMonitor", "metrics.{region}", "2019-01-01", "DescribeContactList", PAGE),
    "alicloud_alidns_record": ("DNS", "alidns", "2015-01-09", "DescribeDomains", PAGE),
}  # fmt: skip
"""Type in the stack → service, endpoint below aliyuncs.com, API version, action, parameters.

SAE, Function Compute, OSS and SLS speak otherwise and are not asked.
"""
IDENTITY = ("sts.{region}", "2015-04-01", "GetCallerIdentity")
Ask = Callable[[str, str, str, Mapping[str, str]], Mapping[str, Any]]
"""endpoint, version, action, parameters → the answer's body; raises ProbeError."""


class ProbeError(Exception):
    """An answer that is an error. `code`: the cloud's word for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def findings(stack: Stack, ask: Ask) -> Iterator[Finding]:
    """Identity first; without it nothing else is asked."""
    region, account = str(stack.provider.get("region", "cn-shanghai")), str(stack.provider.get("account_id", ""))
    endpoint, version, action = IDENTITY
    try:
        found = str(ask(f"{endpoint}.aliyuncs.com".format(region=region), version, action, {}).get("AccountId", ""))
    except ProbeError as error:
        yield Finding(AREA, "credentials", "lacks", str(error), "give a valid AccessKey in the environment")
        return
    if account and found != account:
        yield Finding(
            AREA, "credentials", "lacks", f"of account {found}, the stack is for {account}", "use a key of that account"
        )
        return
    yield Finding(AREA, "credentials", "ok", f"of account {found}")
    for kind, (service, host, version, action, parameters) in CALLS.items():
        if kind not in stack.types()["managed"]:
            continue
        filled = {name: value.format(region=region) for name, value in parameters.items()}
        try:
            ask(f"{host}.aliyuncs.com".format(region=region), version, action, filled)
        except ProbeError as error:
            yield Finding(
                AREA, service, "lacks", f"{action}: {error}", "activate the service, or let the key call this"
            )
        else:
            yield Finding(AREA, service, "ok", f"{action} answered")


def caller(environment: Mapping[str, str], protocol: str = "https", timeout: float = 15) -> Ask | None:
    """Asks with the AccessKey of the environment, by the vendor's client; None where there is none. Raises ModuleNotFoundError."""
    key, secret = (environment.get(f"ALIBABA_CLOUD_ACCESS_KEY_{name}", "").strip() for name in ("ID", "SECRET"))
    if not key or not secret:
        return None
    from alibabacloud_tea_openapi import models
    from alibabacloud_tea_openapi.client import Client
    from darabonba.runtime import RuntimeOptions

    def ask(endpoint: str, version: str, action: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        client = Client(
            models.Config(
                access_key_id=key, access_key_secret=secret, security_token=environment.get("ALIBABA_CLOUD_SECURITY_TOKEN") or None,
                endpoint=endpoint, protocol=protocol,
            )
        )  # fmt: skip
        params = models.Params(
            action=action, version=version, protocol=protocol.upper(), method="POST", auth_type="AK", style="RPC", pathname="/",
            req_body_type="json", body_type="json",
        )  # fmt: skip
        limit = int(timeout * 1000)
        try:
            answer = client.call_api(
                params,
                models.OpenApiRequest(query=dict(parameters)),
                RuntimeOptions(autoretry=False, max_attempts=1, connect_timeout=limit, read_timeout=limit),
            )
        except Exception as error:
            code = getattr(error, "code", None) or type(error).__name__
            message = " ".join(str(getattr(error, "message", None) or error).split())[:200]
            raise ProbeError(str(code), message.replace(secret, "…")) from None
        body = answer.get("body") if isinstance(answer, dict) else None
        return body if isinstance(body, dict) else {}

    return ask
