"""Terraform JSON whose bodies stand in lists: one program in every form that Terraform takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.reading.bodies import merged
from dicom_cdk.plan.stack import NotAStack, Stack
from tests.commanding import dicom_cdk

Json = dict[str, Any]
REQUIRED: Json = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
VPC: Json = {"vpc_name": "v", "cidr_block": "10.0.0.0/16"}
BUCKET: Json = {"bucket": "images-of-a-hospital"}
PLAIN: Json = {
    "terraform": REQUIRED,
    "provider": {"alicloud": {"region": "cn-shanghai"}},
    "resource": {"alicloud_vpc": {"v": VPC}, "alicloud_oss_bucket": {"b": BUCKET}},
    "locals": {"a": 1, "b": 2},
}
FORMS: dict[str, Any] = {
    "the file": [{"terraform": REQUIRED}, {key: part for key, part in PLAIN.items() if key != "terraform"}],
    "sections": {
        **PLAIN,
        "terraform": [REQUIRED, {"required_version": ">= 1.5"}],
        "resource": [{"alicloud_vpc": {"v": VPC}}, {"alicloud_oss_bucket": {"b": BUCKET}}],
        "locals": [{"a": 1}, {"b": 2}],
    },
    "types": {**PLAIN, "resource": {"alicloud_vpc": [{"v": VPC}], "alicloud_oss_bucket": [{"b": BUCKET}]}},
    "names": {**PLAIN, "resource": {"alicloud_vpc": {"v": [VPC]}, "alicloud_oss_bucket": {"b": [BUCKET]}}},
    "files that share a section": [
        {**PLAIN, "resource": {"alicloud_vpc": {"v": VPC}}},
        {"resource": {"alicloud_oss_bucket": {"b": BUCKET}}},
    ],
}


def laid(folder: Path, document: Any) -> Path:
    (folder / "stacks/s").mkdir(parents=True)
    (folder / "stacks/s/cdk.tf.json").write_text(json.dumps(document))
    return folder


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_bodies_in_lists_are_the_same_program(form: Any) -> None:
    found = merged(form)
    assert found["resource"] == PLAIN["resource"]
    assert found["locals"] == PLAIN["locals"]
    assert found["terraform"]["required_providers"] == REQUIRED["required_providers"]


def test_what_is_plain_stays_as_it_is() -> None:
    assert json.dumps(merged(PLAIN)) == json.dumps(PLAIN)


def test_blocks_that_there_are_several_of_stay_several() -> None:
    aliases = [{"region": "cn-shanghai"}, {"alias": "far", "region": "cn-beijing"}]
    moves = [{"from": "a.b", "to": "a.c"}, {"from": "a.d", "to": "a.e"}]
    found = merged(
        [
            {"provider": {"alicloud": aliases[0]}, "moved": moves[0]},
            {"provider": {"alicloud": aliases[1:]}, "moved": moves[1:]},
        ]
    )
    assert found == {"provider": {"alicloud": aliases}, "moved": moves}


def test_two_blocks_of_one_name_are_not_made_one() -> None:
    """Terraform refuses them; the later one over the earlier would hide half of the program."""
    found = merged(
        [{"resource": {"alicloud_vpc": {"v": VPC}}}, {"resource": {"alicloud_vpc": {"v": {"vpc_name": "w"}}}}]
    )
    assert found["resource"]["alicloud_vpc"]["v"] == [VPC, {"vpc_name": "w"}]
    assert merged({"locals": [{"a": 1}, {"a": 2}]})["locals"] == {"a": [1, 2]}


@pytest.mark.parametrize("document", [[], ["resource"], [{"resource": {}}, 1]])
def test_a_list_of_other_things_is_no_program(document: Any, tmp_path: Path) -> None:
    with pytest.raises(NotAStack, match="not Terraform JSON"):
        Stack.read(laid(tmp_path, document) / "stacks/s")


@pytest.mark.terraform
def test_every_command_takes_a_file_that_is_a_list(tmp_path: Path) -> None:
    base = laid(tmp_path / "base", FORMS["the file"])
    head = laid(
        tmp_path / "head", [*FORMS["the file"], {"resource": {"alicloud_vpc": {"w": {**VPC, "vpc_name": "w"}}}}]
    )
    stack = str(head / "stacks/s")
    assert "s: 3 to create" in dicom_cdk("plan", "--stack-dir", stack).stdout
    assert "s: 1 to create" in dicom_cdk("plan", "--stack-dir", stack, "--from", str(base)).stdout
    assert "alicloud_oss_bucket.b" in dicom_cdk("check", "--stack-dir", stack).stdout
    reviewed = dicom_cdk("review", str(base), str(head))
    assert (reviewed.returncode, "create alicloud_vpc.w" in reviewed.stdout) == (0, True)
    assert dicom_cdk("report", "--stack-dir", stack, "--out", str(tmp_path / "page.html")).returncode == 0
    assert dicom_cdk("handoff", str(tmp_path / "handed"), "--stack-dir", stack).returncode == 0
    assert '"alicloud_vpc.w"' in (tmp_path / "handed/plan/s.json").read_text()
