"""Build hook: what our wheel carries beside the package: bindings, assets, policies, provider facts, the schema of a site.

The bindings go in as the package cdktf_cdktf_provider_alicloud itself, so nothing of that unpublished name is ever required.
"""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("assets", "policies", "provider", "docs/site.schema.json")
NOT_SHIPPED = ("provider/bindings", "provider/cases", "provider/derive")


class WheelContent(BuildHookInterface[Any]):
    """Adds files to a real wheel; an editable install finds them in the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        include: dict[str, str] = build_data["force_include"]
        for folder in DATA:
            files = [root / folder] if (root / folder).is_file() else sorted((root / folder).rglob("*"))
            for file in files:
                relative = file.relative_to(root).as_posix()
                if file.is_file() and "__pycache__" not in relative and not relative.startswith(NOT_SHIPPED):
                    include[str(file)] = f"dicom_cdk/data/{relative}"
        (wheel,) = (root / "vendor").glob("cdktf_cdktf_provider_alicloud-*.whl")
        self._scratch = tempfile.TemporaryDirectory(prefix="dicom-cdk-wheel-")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self._scratch.name)
        for file in sorted(Path(self._scratch.name).rglob("*")):
            relative = file.relative_to(self._scratch.name).as_posix()
            if file.is_file() and ".dist-info/" not in relative:
                include[str(file)] = relative
        (licence,) = Path(self._scratch.name).glob("*.dist-info/LICENSE")
        include[str(licence)] = "cdktf_cdktf_provider_alicloud/LICENSE"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version != "editable":
            self._scratch.cleanup()
