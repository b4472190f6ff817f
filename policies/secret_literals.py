"""Passwords and secrets are references to random values, KMS or sensitive variables, never literals."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, blocks, document, is_reference, items

ATTRIBUTES = {
    "alicloud_rds_account": ("account_password",),
    "alicloud_db_account": ("account_password", "password"),
    "alicloud_instance": ("password",),
    "alicloud_cr_ee_instance": ("password",),
    "alicloud_kms_secret": ("secret_data",),
    "alicloud_ram_login_profile": ("password",),
    "alicloud_fcv3_custom_domain": ("cert_config.private_key",),
}


class SecretLiterals(ResourcePolicy):
    """Judges the reference, so a sensitive variable without a default is fine."""

    key = "CKV2_DICOM_63"
    title = "Passwords and secrets are references, never literals"
    severity_name = "CRITICAL"
    category = "SECRETS"
    fix = "use a random_password's result, a KMS secret or a sensitive variable without a default"
    types = tuple(ATTRIBUTES)
    reads = ("account_password", "password", "secret_data", "cert_config")
    failing = {
        "alicloud_rds_account": {"bad_account": {"account_password": "example"}},
        "alicloud_kms_secret": {"bad_secret": {"secret_data": "example"}},
        "alicloud_fcv3_custom_domain": {"bad_key": {"cert_config": [{"private_key": "example"}]}},
    }
    passing = {
        "alicloud_rds_account": {"account": {"account_password": "${random_password.database.result}"}},
        "alicloud_fcv3_custom_domain": {"domain": {"cert_config": [{"private_key": "${var.gateway_private_key}"}]}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        for path in ATTRIBUTES[self.entity_type]:
            outer, _, inner = path.partition(".")
            values = [part.get(inner) for part in blocks(resource, outer)] if inner else items(resource.get(outer))
            for value in values:
                if value and not is_reference(value):
                    yield f"{path} is a literal" + (" in a JSON document" if document(value) else "")


check = SecretLiterals()
