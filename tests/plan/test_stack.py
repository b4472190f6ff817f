"""Folders of other people: what is no stack is refused in words, once, for every command."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import NotAStack, Stack

VPC: dict[str, Any] = {"resource": {"alicloud_vpc": {"v": {}}}}


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"resource": {"alicloud_vpc": []}}, "resource.alicloud_vpc is list, allowed is a map of names"),
        ({**VPC, "ephemeral": True}, "not Terraform JSON as cdktf writes it"),
        ({**VPC, "ephemeral": {"random_password": []}}, "ephemeral.random_password is list, allowed is a map of names"),
        ({"data": {"alicloud_zones": "x"}}, "data.alicloud_zones is str, allowed is a map of names"),
        ({**VPC, "terraform": {"required_providers": []}}, "terraform.required_providers is list, allowed is a map"),
        ({**VPC, "terraform": {"backend": ["local"]}}, "terraform.backend is list, allowed is a map"),
        ({**VPC, "variable": {"a": "x"}}, "variable.a is str, allowed is a map of arguments"),
        ({**VPC, "variable": {"a": [{}, {}]}}, "variable.a is list, allowed is a map of arguments"),
        ({**VPC, "variable": {"a": [{"default": 1}]}}, None),
        ({**VPC, "output": []}, None),
        ({**VPC, "output": ["a"]}, "output is list, allowed is a map"),
        ({**VPC, "provider": "alicloud"}, "provider is str, allowed is a map"),
        ({**VPC, "locals": [1]}, "locals is list, allowed is a map"),
        ({**VPC, "moved": [{"from": "a"}]}, "moved has an entry without from and to"),
        ({**VPC, "moved": "a"}, "moved has an entry without from and to"),
        ({**VPC, "moved": {"from": "a", "to": "b"}}, None),
        ({**VPC, "moved": [{"from": "a", "to": ["b"]}]}, "moved has an entry without from and to"),
        ({**VPC, "removed": [{}]}, "removed has an entry without from"),
        ({**VPC, "removed": {"from": "a"}}, None),
        ({**VPC, "import": [{"id": "1"}]}, "import has an entry without to"),
        ({**VPC, "import": ["a"]}, "import has an entry without to"),
        ({**VPC, "import": [{"to": "a", "id": "1"}]}, None),
    ],
)
def test_another_shape_is_refused_by_its_place(document: dict[str, Any], problem: str | None, tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    if problem is None:
        Stack.read(tmp_path)
        return
    with pytest.raises(NotAStack) as refused:
        Stack.read(tmp_path)
    assert str(refused.value) == f"{tmp_path}/cdk.tf.json: {problem}; synthesize again"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cdk.tf.json")
    with pytest.raises(NotAStack, match="is a pipe, allowed is a file"):
        Stack.read(tmp_path)


@pytest.mark.parametrize(
    ("comment", "path"),
    [
        ({"metadata": {"path": "site/network/vpc"}}, "network/vpc"),
        ([{"metadata": {"path": "site/network/vpc"}}], "network/vpc"),
        ({"metadata": {"path": 3}}, ""),
        ({"metadata": ["x"]}, ""),
        ({"metadata": "x"}, ""),
        ("x", ""),
        (None, ""),
    ],
)
def test_a_comment_of_another_form_names_no_construct(comment: Any, path: str, tmp_path: Path) -> None:
    stack = Stack(tmp_path, {"resource": {"//": "x", "alicloud_vpc": {"v": {"//": comment}}}})
    assert stack.paths == {"alicloud_vpc.v": path}
