"""Blocks `moved` of local modules, no more of them than a plan needs: Terraform's time for them grows faster than their number."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state.operations import condensed

_BLOCK = re.compile(r"^moved\s*\{[^{}]*\}", re.MULTILINE)
LAST = "moved.tf.json"
"""Beside the files of a module: what is left of its blocks."""


def condensed_files(stack: Stack, earlier: Stack | None) -> dict[Path, str]:
    """Files of local modules, and what stands in them instead, where all calls have very many. Lines stay where they are.

    `earlier`: the stack that the state is of. Raises MovedInACircle and NotAStack.
    """
    found: dict[Path, str] = {}
    documents = {folder: module_files.document(folder) for folder in modules.folders(stack)}
    homes: dict[Path, list[str]] = {folder: [] for folder in documents}
    for one in modules.calls(stack):
        if one.folder is not None:
            homes[one.folder].append(f"{one.address}.")
    # Each call of a module has all blocks of it.
    met = sum(len(documents[folder].get("moved") or ()) * len(calls) for folder, calls in homes.items())
    for folder, written in documents.items():
        left = condensed(written, _there(homes[folder], earlier), met)
        files = _without(folder) if left is not written else None
        if files is not None:
            found |= {**files, folder / LAST: json.dumps({"moved": left["moved"]})}
    return found


def _there(homes: list[str], earlier: Stack | None) -> Iterator[str]:
    """Addresses of `earlier` inside any call of the module, which are its `homes`, as the module itself says them."""
    for one in module_resources.resources(earlier) if earlier else ():
        yield from (one.address.removeprefix(home) for home in homes if one.address.startswith(home))


def _without(folder: Path) -> dict[Path, str] | None:
    """Texts of its files without blocks `moved`; None where they cannot be told from other text."""
    found = {}
    for file, text in module_files.texts(folder):
        blocks = module_files.parsed(file, text).get("moved")
        if not blocks:
            continue
        if file.name.endswith(".json"):
            found[file] = json.dumps({key: part for key, part in json.loads(text).items() if key != "moved"}, indent=2)
            continue
        if len(_BLOCK.findall(text)) != len(blocks):
            return None
        found[file] = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    return found
