"""Disks are encrypted, with a key of the site."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, blocks, is_true


class DiskEncryption(ResourcePolicy):
    key = "CKV2_DICOM_27"
    title = "Disks are encrypted with a key of the site"
    severity_name = "HIGH"
    category = "ENCRYPTION"
    fix = "system_disk_encrypted and system_disk_kms_key_id; encrypted and kms_key_id on each data disk"
    types = ("alicloud_instance", "alicloud_ecs_disk", "alicloud_disk")
    weighs = ("data_disks.encrypted",)
    failing = {
        "alicloud_instance": {
            "bad_plain": {"system_disk_category": "cloud_essd"},
            "bad_data": {
                "system_disk_encrypted": True,
                "system_disk_kms_key_id": "key",
                "data_disks": [{"size": 100, "encrypted": False}],
            },
        },
        "alicloud_ecs_disk": {"bad_disk": {"encrypted": True}},
    }
    passing = {
        "alicloud_instance": {
            "host": {"system_disk_encrypted": True, "system_disk_kms_key_id": "${alicloud_kms_key.k.id}"}
        },
        "alicloud_ecs_disk": {"disk": {"encrypted": True, "kms_key_id": "${alicloud_kms_key.k.id}"}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type != "alicloud_instance":
            yield from _missing(resource, "encrypted", "kms_key_id")
            return
        yield from _missing(resource, "system_disk_encrypted", "system_disk_kms_key_id")
        for number, disk in enumerate(blocks(resource, "data_disks"), 1):
            for problem in _missing(disk, "encrypted", "kms_key_id"):
                yield f"data disk {number}: {problem}"


def _missing(part: Json, encrypted: str, key: str) -> Iterator[str]:
    if not is_true(part.get(encrypted)):
        yield f"{encrypted} is not true"
    elif not part.get(key):
        yield f"{key} is missing: the vendor's key, which the site cannot withdraw, would be used"


check = DiskEncryption()
