"""Roles trust services, or people with a second factor; nobody gets administrator rights by attachment."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, document, is_reference, items, statements


class RamTrust(ResourcePolicy):
    key = "CKV2_DICOM_71"
    title = "Roles trust services or people with a second factor, and no broad system policy is attached"
    severity_name = "HIGH"
    category = "IAM"
    fix = (
        "trust one service, or one account with acs:MFAPresent, in assume_role_policy_document; "
        "attach a policy of your own instead of ...FullAccess"
    )
    types = (
        "alicloud_ram_role",
        "alicloud_ram_role_policy_attachment",
        "alicloud_ram_user_policy_attachment",
        "alicloud_ram_group_policy_attachment",
    )
    reads = ("assume_role_policy_document", "document")
    weighs = reads
    failing = {
        "alicloud_ram_role": {
            "bad_all": {"assume_role_policy_document": '{"Statement":[{"Effect":"Allow","Principal":{"RAM":["*"]}}]}'},
            "bad_text": {"assume_role_policy_document": "?"},
            "bad_one_factor": {
                "assume_role_policy_document": '{"Statement":[{"Effect":"Allow","Principal":{"RAM":["acs:ram::1:root"]}}]}'
            },
            "bad_maybe": {
                "assume_role_policy_document": '{"Statement":[{"Effect":"Allow","Principal":{"RAM":["acs:ram::1:root"]},'
                '"Condition":{"Bool":{"acs:MFAPresent":["false"]}}}]}'
            },
        },
        "alicloud_ram_role_policy_attachment": {
            "bad_full": {"policy_name": "AliyunOSSFullAccess", "policy_type": "System"}
        },
    }
    passing = {
        "alicloud_ram_role": {
            "host": {
                "assume_role_policy_document": '{"Statement":[{"Effect":"Allow","Principal":{"Service":["ecs.aliyuncs.com"]}}]}'
            },
            "people": {
                "assume_role_policy_document": '{"Statement":[{"Effect":"Allow","Principal":{"RAM":["acs:ram::1:root"]},'
                '"Condition":{"Bool":{"acs:MFAPresent":["true"]}}}]}'
            },
        },
        "alicloud_ram_role_policy_attachment": {
            "own": {"policy_name": "dicom-archive", "policy_type": "Custom"},
            "read": {"policy_name": "AliyunContainerRegistryReadOnlyAccess", "policy_type": "System"},
        },
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type != "alicloud_ram_role":
            name = str(resource.get("policy_name"))
            if "FullAccess" in name or "AdministratorAccess" in name:
                yield f"attaches {name}"
            return
        text = resource.get("assume_role_policy_document") or resource.get("document")
        if is_reference(text) and document(text) is None:
            return
        said = statements(text)
        if not said:
            yield "the trust document cannot be read"
        for one in said:
            principal = one.get("Principal")
            if _people(one):
                continue
            if one.get("Effect") == "Allow" and (not isinstance(principal, dict) or set(principal) != {"Service"}):
                yield f"trusts {', '.join(principal) if isinstance(principal, dict) else principal}, not a service"
            elif isinstance(principal, dict) and any("*" in str(name) for name in items(principal.get("Service"))):
                yield "trusts every service"


def _people(statement: Json) -> bool:
    """Users of named accounts, who came with a second factor."""
    principal, condition = statement.get("Principal"), statement.get("Condition")
    if not isinstance(principal, dict) or set(principal) != {"RAM"} or not isinstance(condition, dict):
        return False
    asked = condition.get("Bool")
    factor = items(asked.get("acs:MFAPresent")) if isinstance(asked, dict) else []
    named = [str(one) for one in items(principal["RAM"])]
    return [str(one).lower() for one in factor] == ["true"] and bool(named) and not any("*" in one for one in named)


check = RamTrust()
