"""What holds data cannot be destroyed by one wrong apply."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block, is_true

BY_SERVICE = ("alicloud_db_instance", "alicloud_instance")
BY_TERRAFORM = (
    "alicloud_db_instance",
    "alicloud_db_database",
    "alicloud_oss_bucket",
    "alicloud_kms_key",
    "alicloud_instance",
)


class DeletionProtection(ResourcePolicy):
    """`prevent_destroy` is in no plan: judged with cdk.tf.json beside it."""

    key = "CKV2_DICOM_12"
    title = "Stateful resources are protected against deletion"
    severity_name = "HIGH"
    category = "BACKUP_AND_RECOVERY"
    fix = "protection.level: full; lifecycle.prevent_destroy, and deletion_protection where the service has it"
    types = BY_TERRAFORM
    reads = ("lifecycle",)
    failing = {
        "alicloud_db_instance": {"bad_db": {"lifecycle": {"prevent_destroy": True}}},
        "alicloud_oss_bucket": {"bad_bucket": {"bucket": "b"}},
        "alicloud_kms_key": {"bad_key": {"lifecycle": {"prevent_destroy": False}}},
    }
    passing = {
        "alicloud_db_instance": {"db": {"deletion_protection": True, "lifecycle": {"prevent_destroy": True}}},
        "alicloud_oss_bucket": {"bucket": {"lifecycle": {"prevent_destroy": True}}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type in BY_SERVICE and not is_true(resource.get("deletion_protection")):
            yield "deletion_protection is not true"
        if not is_true(block(resource, "lifecycle").get("prevent_destroy")):
            yield "lifecycle.prevent_destroy is not true"


check = DeletionProtection()
