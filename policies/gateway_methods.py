"""The gateway offers no method that changes or deletes what is stored."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block, blocks, document, items

ALLOWED = {"GET", "HEAD", "OPTIONS", "POST"}


class GatewayMethods(ResourcePolicy):
    """QIDO-RS, WADO-RS and STOW-RS need no other (guide step 6, PS3.18)."""

    key = "CKV2_DICOM_43"
    title = "Gateway takes GET, HEAD, OPTIONS and POST only"
    severity_name = "MEDIUM"
    category = "API_SECURITY"
    fix = "methods: GET, HEAD, OPTIONS, POST"
    types = ("alicloud_fcv3_trigger", "alicloud_fcv3_custom_domain")
    reads = ("trigger_config",)
    weighs = (*reads, "trigger_type", "route_config.routes.methods")
    failing = {
        "alicloud_fcv3_trigger": {
            "bad_delete": {
                "trigger_type": "http",
                "trigger_config": '{"authType":"function","methods":["GET","DELETE"]}',
            }
        },
        "alicloud_fcv3_custom_domain": {"bad_any": {"route_config": [{"routes": [{"path": "/*"}]}]}},
    }
    passing = {
        "alicloud_fcv3_trigger": {"read": {"trigger_type": "http", "trigger_config": '{"methods":["GET"]}'}},
        "alicloud_fcv3_custom_domain": {
            "read": {"route_config": [{"routes": [{"path": "/*", "methods": ["GET", "HEAD"]}]}]}
        },
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type == "alicloud_fcv3_trigger":
            if resource.get("trigger_type", "http") == "http":
                config = document(resource.get("trigger_config"))
                yield from _judged("trigger_config", config.get("methods") if isinstance(config, dict) else None)
            return
        for route in blocks(block(resource, "route_config"), "routes"):
            yield from _judged(f"route {route.get('path')}", route.get("methods"))


def _judged(where: str, methods: object) -> Iterator[str]:
    named = {str(method) for method in items(methods)}
    if not named:
        yield f"{where}: no methods named, so all are taken"
    elif named - ALLOWED:
        yield f"{where}: takes {', '.join(sorted(named - ALLOWED))}"


check = GatewayMethods()
