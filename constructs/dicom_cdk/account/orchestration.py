"""What Resource Orchestration (ROS) says of Terraform: which version it runs, of which types it knows the price, and what a
template of one resource costs, which it prices without making it.
"""

import json
import re
from collections.abc import Mapping

from dicom_cdk.account.answers import rows, word, words
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import ROS_ESTIMATE, ROS_FEATURES
from dicom_cdk.account.errors import AskError, nonsense

NAME = "priced"
"""What the resource is called in a template."""
NOT_PRICED = "NotPriced"
NEIGHBOURS = """\
data "alicloud_zones" "here" {
  available_resource_creation = "VSwitch"
}
resource "alicloud_vpc" "beside" {
  cidr_block = "10.0.0.0/16"
}
resource "alicloud_vswitch" "beside" {
  vpc_id     = alicloud_vpc.beside.id
  cidr_block = "10.0.0.0/24"
  zone_id    = data.alicloud_zones.here.zones[0].id
}
"""
"""What has to stand beside a resource of a VPC; free of charge."""
IN_VPC = "  vpc_id     = alicloud_vpc.beside.id\n  vswitch_id = alicloud_vswitch.beside.id\n"


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


def template(kind: str, arguments: Mapping[str, str], beside: str = "") -> str:
    """Terraform, as ROS takes it, of one resource: no provider block, since region and credentials are the caller's."""
    lines = "".join(f"  {name} = {json.dumps(text)}\n" for name, text in arguments.items() if text)
    return f'{beside}resource "{kind}" "{NAME}" {{\n{lines}{IN_VPC if beside else ""}}}\n'


def estimate_of(kind: str, region: str, text: str, ask: Ask) -> Mapping[str, str]:
    """Parameters of GetTemplateEstimateCost for a template. Raises AskError (NotPriced) where ROS prices no such type."""
    transform = newest_terraform(region, ask)
    if not transform or kind not in priced_types(region, ask):
        raise AskError(NOT_PRICED, f"ROS prices no {kind}", "other")
    body = {"ROSTemplateFormatVersion": "2015-09-01", "Transform": transform, "Workspace": {"main.tf": text}}
    return {"RegionId": region, "TemplateBody": json.dumps(body)}


def why_no_price(kind: str, region: str, arguments: Mapping[str, str], ask: Ask) -> str:
    """Why ROS tells no price of such a resource in a region; "" where it tells one. Raises AskError where nobody answers."""
    try:
        answer = ask(ROS_ESTIMATE, **estimate_of(kind, region, template(kind, arguments), ask))
    except AskError as error:
        if error.kind != "other":
            raise
        return str(error)
    try:
        order(answer)
    except AskError as error:
        return str(error)
    return ""


def order(answer: Json) -> Json:
    """The one priced result of an answer: Order and OrderSupplement. Raises AskError."""
    found = within(answer, "Resources")
    priced = [
        result
        for each in found.values()
        if isinstance(each, Mapping) and isinstance(result := each.get("Result"), Mapping) and result.get("Order")
    ]
    if len(priced) != 1:
        raise nonsense(ROS_ESTIMATE.action, f"{len(priced)} prices for one resource")
    return priced[0]


def within(answer: Json, name: str) -> Json:
    """An object of an answer. Raises AskError."""
    found = answer.get(name)
    if not isinstance(found, Mapping):
        raise nonsense(ROS_ESTIMATE.action, f"no {name}")
    return found
