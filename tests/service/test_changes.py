"""What an edited asset changes: exactly the steps that use it run again; no host is made anew, none reboots."""

import base64
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from dicom_cdk import shipped
from dicom_cdk.payload.unpack import command_payload
from dicom_cdk.settings.loader import load_site
from dicom_cdk.synth import synthesize
from tests.conftest import ROOT
from tests.synthesized import Synthesized

LISTED = Path(__file__).resolve().parent.parent / "inventory" / "changes.yaml"
Changes = dict[str, list[str]]
HEADER = (
    "# Which resources of the default site change when one file of assets/ is edited, and which attributes of them.\n"
)
# Pages and hand-offs are for readers, and jsii is what starts Node: they never leave this machine. A drill is a stack of its own:
# tests/service/test_drill.py.
ASSETS = sorted(
    path.relative_to(ROOT / "assets").as_posix()
    for path in (ROOT / "assets").rglob("*")
    if path.is_file()
    and path.name != "README.md"
    and not {"__pycache__", "drill", "handoff", "jsii", "pages"} & set(path.parts)
)
# Terraform ignores later changes of it: a changed one reboots the host and is never run again.
FIRST_BOOT_ONLY = "user_data"
# Assets that the default site does without, and the command that carries each: of a site with `archive.upgrade_from`, or with
# another region. Those of other choices are looked for by name.
ON_A_WALK = {
    "database/drain.sh": "archive/drain/command",
    "database/tasks.py": "archive/drain/command",
    "database/upgrade.sh": "archive/upgrade/command",
}
ELSEWHERE = {
    f"recovery/{name}": "recovery/dump/command"
    for name in ("database.sh", "dump.service", "dump.sh", "dump.timer", "prepare.sh", "restore.sh")
}


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory, default_stack: Synthesized) -> Callable[..., Changes]:
    """Changed attributes by path, when each of the assets has one more line."""
    assets = tmp_path_factory.mktemp("edited")
    shutil.copytree(ROOT / "assets", assets / "assets")
    real = shipped.path

    def edit(*edited: str) -> Changes:
        before = {file: file.read_bytes() for file in (assets / "assets" / asset for asset in edited)}
        for file, content in before.items():
            file.write_bytes(content.rstrip(b"\n") + b"\n\n")
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(shipped, "path", lambda name: assets / name if (assets / name).exists() else real(name))
                out = tmp_path_factory.mktemp("synth")
                synthesize([load_site(ROOT / "sites/dicom-sh.yaml")], out)
        finally:
            for file, content in before.items():
                file.write_bytes(content)
        after = Synthesized.read(out / "stacks" / "dicom-sh").resources
        assert sorted(after) == sorted(default_stack.resources)
        changes = {}
        for path, resource in after.items():
            old = default_stack.resources[path].attributes
            names = [name for name in sorted(resource.attributes) if resource.attributes[name] != old.get(name)]
            if names:
                changes[path] = names
        return changes

    return edit


def apart(listed: dict[str, Changes]) -> list[list[str]]:
    """Assets in groups, of which no two change the same resource: what a group changes tells what each of it does."""
    groups: list[tuple[list[str], set[str]]] = []
    for asset, changes in sorted(listed.items(), key=lambda one: -len(one[1])):
        for members, taken in groups:
            if not taken & set(changes):
                members.append(asset)
                taken |= set(changes)
                break
        else:
            groups.append(([asset], set(changes)))
    return [members for members, _ in groups]


def test_every_edited_asset_changes_what_is_listed(edited: Callable[..., Changes], regenerate: bool) -> None:
    if regenerate:
        found = {asset: {} if asset in ELSEWHERE else edited(asset) for asset in ASSETS}
        LISTED.write_text(HEADER + yaml.safe_dump(found, width=120))
        return
    listed: dict[str, Changes] = yaml.safe_load(LISTED.read_text())
    assert sorted(listed) == ASSETS, (
        "other assets than listed; .venv/bin/pytest tests/service/test_changes.py --regenerate"
    )
    meant = f"if that is meant: .venv/bin/pytest {__file__} --regenerate"
    for group in apart({asset: changes for asset, changes in listed.items() if asset not in ELSEWHERE}):
        expected = {path: names for asset in group for path, names in listed[asset].items()}
        if edited(*group) != expected:
            for asset in group:
                assert edited(asset) == listed[asset], f"assets/{asset}: {meant}"
            pytest.fail(f"{', '.join(group)} change something together that none of them does; {meant}")
    for asset, changes in listed.items():
        for path, names in changes.items():
            assert path.endswith(("/command", "/instance", "gateway/function", "gateway-image/run")), (
                f"{asset} changes {path}"
            )
            if path.endswith("/instance"):
                assert names == [FIRST_BOOT_ONLY], f"{asset} changes {names} of {path}"


def test_every_asset_reaches_something(stack_with: Callable[..., Synthesized]) -> None:
    listed = yaml.safe_load(LISTED.read_text())
    idle = {asset for asset in ASSETS if listed[asset] == {}}
    sources = "\n".join(path.read_text() for path in (ROOT / "constructs/dicom_cdk").rglob("*.py"))
    for asset in idle - {*ON_A_WALK, *ELSEWHERE}:
        # Of a choice that the default site does not make: a room ships it by its own name or with its whole folder.
        folder, name = asset.split("/")
        shipped_by = (f'"{name}"', f'from_assets("{folder}")', f'ROOM = "{folder}"')
        assert any(words in sources for words in shipped_by), f"{asset} is in no payload: delete it or use it"
    more = stack_with(
        archive={"version": "5.33.1", "upgrade_from": "5.25.2"}, recovery={"region": "cn-beijing"}
    ).resources
    for asset, path in {**ON_A_WALK, **ELSEWHERE}.items():
        (bundle,) = command_payload(base64.b64decode(more[path]["command_content"]).decode()).bundles
        assert asset.partition("/")[2] in [file.path for file in bundle.files], (
            "an asset in no payload: delete or use it"
        )
    assert listed["gateway/Dockerfile.j2"]["gateway/function"] == ["custom_container_config"]
