"""Stacks and modules as tests of plans write them."""

import json
from pathlib import Path
from typing import Any

VPC = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}
SOURCE = {"terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}}
REQUIRED = 'terraform {\n required_providers {\n alicloud = { source = "aliyun/alicloud" }\n }\n}\n'


def stack(place: Path, name: str, document: dict[str, Any]) -> Path:
    folder = place / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps({**SOURCE, "resource": VPC, **document}))
    return folder


def module(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(REQUIRED + text)
    return folder


def changes_of(plan: Path) -> dict[str, Any]:
    return {one["address"]: one["change"]["after"] for one in json.loads(plan.read_text())["resource_changes"]}
