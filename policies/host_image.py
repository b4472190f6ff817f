"""Hosts start from an exact image of a supported system."""

import re
from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy

SUPPORTED = ("22_04", "24_04", "26_04")
"""Ubuntu LTS in standard support; 20.04 left it in May 2025, 18.04 in May 2023."""


class HostImage(ResourcePolicy):
    key = "CKV2_DICOM_28"
    title = "Host image is an exact one of a supported Ubuntu LTS"
    severity_name = "MEDIUM"
    category = "GENERAL_SECURITY"
    fix = "image_id: a dated Ubuntu 22.04 or 24.04 image of the vendor, or your own (m-...) built from one"
    types = ("alicloud_instance",)
    weighs = ("image_id",)
    failing = {
        "alicloud_instance": {
            "bad_old": {"image_id": "ubuntu_18_04_x64_20G_alibase_20230613.vhd"},
            "bad_family": {"image_id": "acs:ubuntu_22_04_x64"},
            "bad_absent": {"instance_type": "ecs.g7.large"},
        }
    }
    passing = {
        "alicloud_instance": {
            "vendor": {"image_id": "ubuntu_22_04_x64_20G_alibase_20250113.vhd"},
            "own": {"image_id": "m-uf6a0b1c2d3e4f5g6h7i"},
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        image = str(resource.get("image_id") or "")
        if image.startswith(("m-", "${")):
            return
        release = re.fullmatch(r"ubuntu_(\d\d_\d\d)_\w+_\d{8}\.vhd", image)
        if release is None:
            yield f"image_id is {image or 'missing'}, not a dated Ubuntu image"
        elif release[1] not in SUPPORTED:
            yield f"image_id is Ubuntu {release[1].replace('_', '.')}, supported are " + ", ".join(
                one.replace("_", ".") for one in SUPPORTED
            )


check = HostImage()
