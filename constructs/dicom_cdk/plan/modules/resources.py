"""The resources of a stack and of its local modules, by the addresses that Terraform gives them.

What a module is handed is filled into its resources, references inside it lead to its own, and what it gives is filled into its
caller: policies, review and report judge a module like any other part of the stack.

Over 200 lines: one walk over calls, arguments and references of modules.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules.scope import Stated, scopes, single
from dicom_cdk.plan.payload_files import read_in
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]


@dataclass(frozen=True)
class Placed:
    """One resource, or data source: its module's address ("" for the stack itself), folder, type, name and body."""

    module: str
    folder: Path
    type: str
    name: str
    body: Any

    @property
    def address(self) -> str:
        return f"{self.module}{'.' if self.module else ''}{self.type}.{self.name}"


def resources(
    stack: Stack, section: str = "resource", stated: Stated | None = None, *, each: bool = False
) -> Iterator[Placed]:
    """Those of the stack first, in the order of its file. `section`: or its data sources. Raises NotAStack.

    `stated`: what variables and locals of the stack are written as; without it these stay references. `each`: by the instances
    of the modules that call them, as far as the files say which there are.
    """
    found = list(scopes(stack, stated or {}, each=each))
    for scope in found:
        for kind, named in (scope.document.get(section) or {}).items():
            if kind == "//" or not isinstance(named, dict):
                continue
            for name, body in named.items():
                body = scope.filled(body) if len(found) > 1 or stated is not None else body
                yield Placed(scope.module, scope.folder, kind, name, read_in(body, scope.folder, stack.folder))


def carriers(stack: Stack) -> Iterator[tuple[str, str, Json]]:
    """Address, type and arguments of every managed resource. Raises NotAStack."""
    for one in resources(stack):
        body = single(one.body)
        if body:
            yield one.address, one.type, body


def documents(stack: Stack) -> Iterator[Json]:
    """Everything that is written for a stack: its document, those of its modules, and what these become once they are called."""
    yield stack.document
    folders = modules.folders(stack)
    yield from (module_files.document(folder) for folder in folders)
    for one in resources(stack) if folders else ():
        yield {"resource": {one.type: {one.name: one.body}}}


def line(placed_in: Path, kind: str, name: str) -> tuple[Path, int]:
    """File and line, from 1, of a resource in its module's folder."""
    block = re.compile(rf'^[ \t]*resource\s+"?{re.escape(kind)}"?\s+"?{re.escape(name)}"?\s*\{{', re.MULTILINE)
    for file, text in module_files.texts(placed_in):
        found = block.search(text)
        if file.name.endswith(".json"):
            kinds = re.compile(rf"{re.escape(json.dumps(kind))}\s*:\s*[\[{{]").search(text)
            found = kinds and re.compile(rf"{re.escape(json.dumps(name))}\s*:\s*[\[{{]").search(text, kinds.end())
        if found:
            return file, text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
    return placed_in, 1
