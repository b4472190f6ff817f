"""Nobody calls the gateway without an identity."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, document

ALLOWED = ("function", "jwt")


class GatewayTrigger(ResourcePolicy):
    key = "CKV2_DICOM_40"
    title = "HTTP trigger asks for a signature or a JWT"
    severity_name = "CRITICAL"
    category = "API_SECURITY"
    fix = "authType function (requests signed with an AccessKey) or jwt; never anonymous"
    types = ("alicloud_fcv3_trigger", "alicloud_fc_trigger")
    reads = ("trigger_config", "config")
    weighs = (*reads, "trigger_type", "type")
    failing = {
        "alicloud_fcv3_trigger": {
            "bad_open": {"trigger_type": "http", "trigger_config": '{"authType":"anonymous","methods":["GET"]}'},
            "bad_absent": {"trigger_type": "http", "trigger_config": '{"methods":["GET"]}'},
            "bad_text": {"trigger_type": "http", "trigger_config": "?"},
        },
        "alicloud_fc_trigger": {"bad_older": {"type": "http", "config": '{"authType":"anonymous","methods":["GET"]}'}},
    }
    passing = {
        "alicloud_fcv3_trigger": {
            "signed": {"trigger_type": "http", "trigger_config": '{"authType":"function","methods":["GET"]}'},
            "timer": {"trigger_type": "timer", "trigger_config": "{}"},
        },
        "alicloud_fc_trigger": {"older": {"type": "http", "config": '{"authType":"function","methods":["GET"]}'}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if resource.get("trigger_type", resource.get("type", "http")) != "http":
            return
        config = document(resource.get("trigger_config", resource.get("config")))
        found = config.get("authType") if isinstance(config, dict) else None
        if found not in ALLOWED:
            yield f"authType is {found or 'missing or unreadable'}, allowed are {', '.join(ALLOWED)}"


check = GatewayTrigger()
