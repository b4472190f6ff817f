"""No role of the service may change identities, destroy keys or empty buckets."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from dicom_policy import Json, ResourcePolicy, items, statements

DANGEROUS = (
    "ram:*", "sts:AssumeRole", "kms:ScheduleKeyDeletion", "kms:DeleteSecret", "kms:DisableKey", "oss:DeleteBucket",
    "oss:PutBucketPolicy", "oss:PutBucketAcl", "rds:DeleteDBInstance", "log:DeleteLogStore", "log:DeleteProject",
    "actiontrail:StopLogging", "actiontrail:DeleteTrail",
)  # fmt: skip


class RamDangerousActions(ResourcePolicy):
    key = "CKV2_DICOM_73"
    title = "RAM policy grants nothing that changes identities or destroys keys, logs or data stores"
    severity_name = "HIGH"
    category = "IAM"
    fix = "leave these to the deployer; a host or function never needs them"
    types = ("alicloud_ram_policy",)
    reads = ("policy_document", "document")
    weighs = reads
    failing = {
        "alicloud_ram_policy": {
            "bad_pass": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["ram:PassRole"],"Resource":["r"]}]}'
            },
            "bad_part": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":"kms:Delete*","Resource":["k"]}]}'
            },
        }
    }
    passing = {
        "alicloud_ram_policy": {
            "use": {"policy_document": '{"Statement":[{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["k"]}]}'}
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        for one in statements(resource.get("policy_document") or resource.get("document")):
            if one.get("Effect") != "Allow":
                continue
            for action in map(str, items(one.get("Action"))):
                if any(fnmatchcase(action, bad) or fnmatchcase(bad, action) for bad in DANGEROUS):
                    yield f"allows {action}"


check = RamDangerousActions()
