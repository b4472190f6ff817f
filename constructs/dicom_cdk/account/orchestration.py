"""What Resource Orchestration (ROS) says of Terraform: which version it runs, of which types it knows the price."""

import re

from dicom_cdk.account.answers import rows, word, words
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import ROS_FEATURES


def newest_terraform(region: str, ask: Ask) -> str:
    """The newest Terraform that ROS runs, such as Aliyun::Terraform-v1.5; "" where it runs none. Raises AskError."""
    found = [
        word(one, ROS_FEATURES.action, "Transform")
        for one in rows(_features(region, ask), ROS_FEATURES.action, "Terraform.SupportedVersions")
    ]
    return max(filter(None, found), key=lambda name: [int(part) for part in re.findall(r"\d+", name)], default="")


def priced_types(region: str, ask: Ask) -> list[str]:
    """Types of Terraform that ROS prices. Raises AskError."""
    return words(_features(region, ask), ROS_FEATURES.action, "Terraform.SupportedResourceTypes.EstimateCost")


def _features(region: str, ask: Ask) -> Json:
    return ask(ROS_FEATURES, RegionId=region, Feature="Terraform")
