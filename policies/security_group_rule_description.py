"""A rule that says why it is there can be taken away by whoever knows that this is over."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy


class SecurityGroupRuleDescription(ResourcePolicy):
    """In Python: a graph of hundreds of rules takes longer than all other policies of YAML together."""

    key = "CKV2_DICOM_6"
    title = "A security-group rule says why it is there"
    severity_name = "LOW"
    category = "CONVENTION"
    fix = "description: the service and its client, such as LDAP from archive"
    types = ("alicloud_security_group_rule",)
    failing = {"alicloud_security_group_rule": {"bad_silent": {"type": "ingress", "port_range": "389/389"}}}
    passing = {
        "alicloud_security_group_rule": {
            "said": {"type": "ingress", "port_range": "389/389", "description": "LDAP from archive"}
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if resource.get("description") in (None, ""):
            yield "has no description"


check = SecurityGroupRuleDescription()
