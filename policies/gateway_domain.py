"""The gateway's public name speaks TLS 1.2 or newer, and asks for an identity."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block

MODERN = ("TLSv1.2", "TLSv1.3")


class GatewayDomain(ResourcePolicy):
    key = "CKV2_DICOM_42"
    title = "Custom domain is HTTPS only, TLS 1.2 or newer, never anonymous"
    severity_name = "CRITICAL"
    category = "ENCRYPTION"
    fix = "protocol HTTPS, tls_config.min_version TLSv1.2, auth_config.auth_type function or jwt"
    types = ("alicloud_fcv3_custom_domain",)
    failing = {
        "alicloud_fcv3_custom_domain": {
            "bad_plain": {
                "protocol": "HTTP,HTTPS",
                "auth_config": [{"auth_type": "function"}],
                "tls_config": [{"min_version": "TLSv1.2"}],
            },
            "bad_tls": {
                "protocol": "HTTPS",
                "auth_config": [{"auth_type": "jwt"}],
                "tls_config": [{"min_version": "TLSv1.0"}],
            },
            "bad_open": {"protocol": "HTTPS", "tls_config": [{"min_version": "TLSv1.2"}]},
        }
    }
    passing = {
        "alicloud_fcv3_custom_domain": {
            "signed": {
                "protocol": "HTTPS",
                "auth_config": [{"auth_type": "function"}],
                "tls_config": [{"min_version": "TLSv1.2"}],
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if resource.get("protocol") != "HTTPS":
            yield f"protocol is {resource.get('protocol', 'missing')}, not HTTPS alone"
        version = block(resource, "tls_config").get("min_version")
        if version not in MODERN:
            yield f"tls_config.min_version is {version or 'missing'}, allowed are {', '.join(MODERN)}"
        auth = block(resource, "auth_config").get("auth_type")
        if auth not in ("function", "jwt"):
            yield f"auth_config.auth_type is {auth or 'missing'}, allowed are function, jwt"


check = GatewayDomain()
