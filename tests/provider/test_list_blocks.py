"""No construct gives a dict to a list block of the bindings, because its keys would vanish silently (facts: bindings 7)."""

import json
import textwrap
from pathlib import Path

import pytest

from provider.bindings.source import PROVIDER
from tests.provider.list_block_dicts import findings

CONSTRUCTS = PROVIDER.parent / "constructs" / "dicom_cdk"

IMPORT = "from cdktf_cdktf_provider_alicloud.oss_bucket import OssBucket, OssBucketLifecycleRule\n"


def lines(code: str, start: str = IMPORT) -> list[str]:
    return findings(start + textwrap.dedent(code), "room.py")


@pytest.mark.parametrize(
    "file", sorted(CONSTRUCTS.rglob("*.py")), ids=lambda file: file.relative_to(CONSTRUCTS).as_posix()
)
def test_no_construct_gives_a_dict_to_a_list_block(file: Path) -> None:
    assert findings(file.read_text(), file.relative_to(PROVIDER.parent).as_posix()) == []


def test_a_dict_in_a_list_block_is_found_with_place_argument_and_what_to_write() -> None:
    assert lines('OssBucket(self, "b", lifecycle_rule=[{"enabled": True}])') == [
        "room.py:2: OssBucket(lifecycle_rule=...) is a list block and gets a dict, "
        "whose keys of several words vanish without an error; write OssBucketLifecycleRule(...)"
    ]


@pytest.mark.parametrize(
    "code",
    [
        'OssBucket(s, "b", lifecycle_rule=[OssBucketLifecycleRule(enabled=True, expiration=[{"days": 3}])])',
        'OssBucket(s, "b", lifecycle_rule=[{"prefix": p} for p in ("a", "b")])',
        'OssBucket(s, "b", lifecycle_rule=[*others, dict(enabled=True)])',
        'OssBucket(s, "b", lifecycle_rule=[rule] if a else [{"enabled": True}])',
        'OssBucket(s, "b", **{"lifecycle_rule": [{"enabled": True}]})',
        'RULES = [{"enabled": True}]\nOssBucket(s, "b", lifecycle_rule=RULES)',
        'rules = []\nrules.append({"enabled": True})\nOssBucket(s, "b", lifecycle_rule=rules)',
        'def rules():\n    return [{"enabled": True}]\nOssBucket(s, "b", lifecycle_rule=list(rules()))',
        'class A:\n    def x(self):\n        self.r = [{"prefix": ""}]\n        OssBucket(s, "b", lifecycle_rule=self.r)',
        'OssBucket(s, "b", website={"index_document": "a"}, cors_rule=[{"max_age_seconds": 3}])',
    ],
)
def test_dicts_are_found_however_they_reach_the_list_block(code: str) -> None:
    assert len(lines(code)) == 1


def test_a_list_block_inside_the_dict_of_a_single_block_is_looked_at_too() -> None:
    start = "from cdktf_cdktf_provider_alicloud.fcv3_function import Fcv3Function\n"
    found = lines('Fcv3Function(s, "f", nas_config={"user_id": 1, "mount_points": [{"server_addr": "a"}]})', start)
    assert [line.split("; ")[1] for line in found] == ["write Fcv3FunctionNasConfigMountPoints(...)"]


@pytest.mark.parametrize(
    "start",
    [
        "from cdktf_cdktf_provider_alicloud import oss_bucket as o\n",
        "import cdktf_cdktf_provider_alicloud.oss_bucket as o\n",
    ],
)
def test_dicts_are_found_when_the_module_is_imported_instead_of_the_class(start: str) -> None:
    assert len(lines('o.OssBucket(s, "b", lifecycle_rule=[{"enabled": True}])', start)) == 1


@pytest.mark.parametrize(
    "code",
    [
        'OssBucket(s, "b", lifecycle_rule=[OssBucketLifecycleRule(enabled=True)])',
        'OssBucket(s, "b", lifecycle_rule=[OssBucketLifecycleRule(enabled=t["on"]) for t in [{"on": True}]])',
        'OssBucket(s, "b", tags={"storage_class": "x"}, website={"index_document": "a"})',
        'other(lifecycle_rule=[{"enabled": True}])',
        'json.dumps([{"enabled": True}])\nOssBucket(s, "b", policy=json.dumps([{"enabled": True}]))',
        'rules = rules + [rule]\nOssBucket(s, "b", lifecycle_rule=rules)',
    ],
)
def test_classes_maps_and_single_blocks_are_left_alone(code: str) -> None:
    assert lines(code) == []


def test_the_reason_still_holds_a_dict_in_a_list_block_loses_keys_silently(tmp_path: Path) -> None:
    from cdktf import App, TerraformStack
    from cdktf_cdktf_provider_alicloud.oss_bucket import OssBucket
    from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider

    app = App(outdir=str(tmp_path))
    stack = TerraformStack(app, "site")
    AlicloudProvider(stack, "alicloud")
    OssBucket(stack, "bucket", lifecycle_rule=[{"enabled": True, "abort_multipart_upload": [{"days": 3}]}])
    app.synth()
    written = json.loads((tmp_path / "stacks" / "site" / "cdk.tf.json").read_text())
    assert written["resource"]["alicloud_oss_bucket"]["bucket"]["lifecycle_rule"] == [{"enabled": True}]
