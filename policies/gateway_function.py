"""The gateway's function reaches the VPC and nothing else, as a role of its own."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block


class GatewayFunction(ResourcePolicy):
    key = "CKV2_DICOM_41"
    title = "Function has no internet egress, is bound to the VPC, has a role and logs"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = "internet_access false, vpc_config with vSwitches and a security group, role, log_config"
    types = ("alicloud_fcv3_function",)
    failing = {
        "alicloud_fcv3_function": {
            "bad_egress": {
                "role": "acs:ram::1:role/r",
                "vpc_config": [{"vpc_id": "v", "security_group_id": "s"}],
                "log_config": [{"project": "p", "logstore": "l"}],
            },
            "bad_bare": {"internet_access": False},
        }
    }
    passing = {
        "alicloud_fcv3_function": {
            "inner": {
                "internet_access": False,
                "role": "acs:ram::1:role/r",
                "vpc_config": [{"vpc_id": "v", "security_group_id": "s"}],
                "log_config": [{"project": "p", "logstore": "l"}],
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if str(resource.get("internet_access", True)).lower() != "false":
            yield "internet_access is not false, the default lets the function out"
        for name, meaning in (("vpc_config", "no VPC"), ("log_config", "no logs")):
            if not block(resource, name):
                yield f"{name} is missing: {meaning}"
        if not resource.get("role"):
            yield "role is missing"


check = GatewayFunction()
