"""RAM policies grant what is needed, on what is needed."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from dicom_policy import Json, ResourcePolicy, document, items, statements

ANY_RESOURCE = ("cr:GetAuthorizationToken", "*:Describe*", "*:List*")
"""Actions that take no narrower resource, or read no data (facts: policies 10)."""


class RamPolicy(ResourcePolicy):
    key = "CKV2_DICOM_70"
    title = "RAM policy allows no wildcard action and no wildcard resource"
    severity_name = "CRITICAL"
    category = "IAM"
    fix = "name the actions, and the resources by acs:SERVICE:REGION:ACCOUNT:NAME"
    types = ("alicloud_ram_policy",)
    reads = ("policy_document", "document")
    weighs = reads
    failing = {
        "alicloud_ram_policy": {
            "bad_all": {"policy_document": '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'},
            "bad_service": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["oss:*"],"Resource":["acs:oss:*:1:b/*"]}]}'
            },
            "bad_resource": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["*"]}]}'
            },
            "bad_text": {"policy_document": "?"},
        }
    }
    passing = {
        "alicloud_ram_policy": {
            "narrow": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:1:b/*"]},'
                '{"Effect":"Allow","Action":["cr:GetAuthorizationToken"],"Resource":["*"]},'
                '{"Effect":"Deny","Action":"*","Resource":"*"}]}'
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        text = resource.get("policy_document") or resource.get("document")
        if document(text) is None:
            yield "the policy document cannot be read as JSON"
        for number, one in enumerate(statements(text), 1):
            if one.get("Effect") != "Allow":
                continue
            if "NotAction" in one or "NotResource" in one:
                yield f"statement {number} allows by exclusion (NotAction, NotResource)"
            actions = [str(action) for action in items(one.get("Action"))]
            for action in actions:
                if action.partition(":")[2] in ("*", "") or action == "*":
                    yield f"statement {number} allows {action}"
            if "*" in items(one.get("Resource")) and not all(
                any(fnmatchcase(action, pattern) for pattern in ANY_RESOURCE) for action in actions
            ):
                yield f"statement {number} allows {', '.join(actions)} on every resource"


check = RamPolicy()
