"""What `make cdktn` relies on: which names it replaces, and that no difference passes without a reason."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def prove() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prove", ROOT / "tools/cdktn/prove.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from cdktf import App", "from cdktn import App"),
        ("cdktf-cdktf-provider-random==12.0.1", "cdktn-provider-random==12.0.1"),
        ("cdktf_cdktf_provider_alicloud.vpc", "cdktn_provider_alicloud.vpc"),
        ('require("@cdktf/provider-generator")', 'require("@cdktn/provider-generator")'),
        ("cdktf.out/stacks", "cdktf.out/stacks"),
    ],
)
def test_a_name_is_replaced_and_the_folder_keeps_its_own(prove: ModuleType, before: str, after: str) -> None:
    assert prove.replaced(before) == after


def folder(target: Path, **values: object) -> Path:
    file = target / "site/stacks/site/cdk.tf.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(values, indent=2))
    return target


def test_versions_may_differ_and_nothing_else_may(prove: ModuleType, tmp_path: Path) -> None:
    ours = folder(tmp_path / "ours", version="0.21.0", name="a")
    theirs = folder(tmp_path / "theirs", version="0.24.0", name="a")
    assert prove.compared(ours, theirs) == ({"the version of cdktf and of cdktn": 2}, [])
    other = folder(tmp_path / "other", version="0.24.0", name="b")
    assert prove.compared(ours, other)[1] == [
        'site/stacks/site/cdk.tf.json: -  "name": "a"',
        'site/stacks/site/cdk.tf.json: +  "name": "b"',
    ]


def test_a_stack_that_only_one_of_them_writes_is_told(prove: ModuleType, tmp_path: Path) -> None:
    ours = folder(tmp_path / "ours", version="0.21.0")
    (tmp_path / "theirs").mkdir()
    assert prove.compared(ours, tmp_path / "theirs") == (
        {},
        ["site/stacks/site/cdk.tf.json: written by one of them only"],
    )


def test_the_fork_s_packages_are_pinned_with_hashes() -> None:
    wanted = json.loads((ROOT / "tools/cdktn/package.json").read_text())["devDependencies"]
    assert {wanted[name] for name in ("cdktn", "@cdktn/commons", "@cdktn/provider-generator")} == {"0.24.0"}
    lock = json.loads((ROOT / "tools/cdktn/package-lock.json").read_text())["packages"]
    packages = {name: entry for name, entry in lock.items() if name}
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if "integrity" not in entry and not entry.get("inBundle")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    lines = (ROOT / "tools/cdktn/constraints.txt").read_text().splitlines()[1:]
    assert [line.partition("==")[0] for line in lines] == ["cdktn", "cdktn-provider-random"]
    assert all(" --hash=sha256:" in line for line in lines)
