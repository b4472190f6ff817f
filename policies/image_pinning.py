"""Images come from the site's registry and are pinned."""

import re
from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block, values

INNER = re.compile(r"-vpc\.[a-z0-9-]+\.cr\.aliyuncs\.com/|^registry-vpc\.[a-z0-9-]+\.aliyuncs\.com/")


class ImagePinning(ResourcePolicy):
    """A version tag that the registry keeps immutable (CKV2_DICOM_51), or a digest."""

    key = "CKV2_DICOM_50"
    title = "Function and application images come from the registry's VPC address, pinned"
    severity_name = "HIGH"
    category = "SUPPLY_CHAIN"
    fix = "NAME-registry-vpc.REGION.cr.aliyuncs.com/NAMESPACE/REPO:VERSION or @sha256:..., never latest"
    types = ("alicloud_fcv3_function", "alicloud_sae_application")
    failing = {
        "alicloud_fcv3_function": {"bad_hub": {"custom_container_config": [{"image": "nginx:1.28.0"}]}},
        "alicloud_sae_application": {
            "bad_latest": {"image_url": "r-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/arc:latest"},
            "bad_bare": {"image_url": "r-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/arc"},
        },
    }
    passing = {
        "alicloud_sae_application": {
            "arc": {"image_url": "r-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/arc:5.25.0"}
        },
        "alicloud_fcv3_function": {"code": {"runtime": "python3.10"}},
    }

    def weighed(self, resource: Json) -> tuple[str, ...]:
        """What the site's registry is called is not known; an image that is one expression may be any."""
        paths = ("image_url", "custom_container_config.image")
        return tuple(path for path in paths if any(map(_is_any, values(resource, path.split(".")))))

    def problems(self, resource: Json) -> Iterator[str]:
        image = str(resource.get("image_url") or block(resource, "custom_container_config").get("image") or "")
        if not image or image.startswith("${"):
            return
        if not INNER.search(image):
            yield f"{image} is not from a registry's VPC address"
        if "@sha256:" not in image:
            tag = image.rpartition("/")[2].partition(":")[2]
            if not tag or tag == "latest" or not any(letter.isdigit() for letter in tag):
                yield f"{image} has no version: {tag or 'no tag'}"


def _is_any(image: object) -> bool:
    return isinstance(image, str) and image.startswith("${") and image.find("}") == len(image) - 1


check = ImagePinning()
