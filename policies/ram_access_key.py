"""A static AccessKey is the exception, and its secret is never written to a file."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy


class RamAccessKey(ResourcePolicy):
    """The storage user's key goes into KMS by reference: the archive's S3 client takes no role (facts: policies 10)."""

    key = "CKV2_DICOM_72"
    title = "AccessKey is not written to a file, its user has no console password"
    severity_name = "HIGH"
    category = "IAM"
    fix = "drop secret_file, hand the secret to KMS by reference; no login profile for a technical user"
    types = ("alicloud_ram_access_key", "alicloud_ram_login_profile")
    failing = {
        "alicloud_ram_access_key": {
            "bad_file": {"user_name": "u", "secret_file": "/tmp/key"},
            "bad_root": {"status": "Active"},
        },
        "alicloud_ram_login_profile": {"bad_console": {"user_name": "u"}},
    }
    passing = {"alicloud_ram_access_key": {"storage": {"user_name": "${alicloud_ram_user.storage.name}"}}}

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type == "alicloud_ram_login_profile":
            yield f"a console password for {resource.get('user_name', 'a user')}"
            return
        if resource.get("secret_file"):
            yield "secret_file writes the secret to disk in clear"
        if not resource.get("user_name"):
            yield "user_name is missing: a key of the account itself"


check = RamAccessKey()
