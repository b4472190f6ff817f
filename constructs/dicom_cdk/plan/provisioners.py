"""Provisioners, which run programs here and on hosts when Terraform applies: an apply that only makes up a state runs none."""

import json
import os
from pathlib import Path
from typing import Any

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
PARTS = frozenset({"provisioner", "connection"})
OVERRIDE = "zz_no_provisioners_override.tf.json"
"""Beside the files of a module, behind every other file that overrides."""
NOTHING = {"provisioner": [{"local-exec": {"command": "exit 0"}}]}
"""What an overriding file can say in place of provisioners: it cannot say that there are none."""


def without(stack: Stack) -> Stack:
    """The stack with no provisioner in its own document."""
    resources = stack.document.get("resource") or {}
    bare = {kind: _bare_by_name(named) for kind, named in resources.items()}
    return stack if bare == resources else Stack(stack.folder, {**stack.document, "resource": bare})


def overrides(stack: Stack) -> dict[Path, str]:
    """Files that take provisioners from the resources of local modules, by path from the stack's folder. Raises NotAStack."""
    found = {}
    for folder in modules.folders(stack):
        named = module_files.document(folder).get("resource") or {}
        running = {
            kind: {name: NOTHING for name, body in bodies.items() if any(PARTS & one.keys() for one in _bodies(body))}
            for kind, bodies in named.items()
            if isinstance(bodies, dict)
        }
        if running := {kind: bodies for kind, bodies in running.items() if bodies}:
            place = Path(os.path.relpath(folder, stack.folder.absolute()), OVERRIDE)
            found[place] = json.dumps({"resource": running})
    return found


def _bare_by_name(named: Any) -> Any:
    return {name: _bare(body) for name, body in named.items()} if isinstance(named, dict) else named


def _bare(body: Any) -> Any:
    if isinstance(body, list):
        return [_bare(one) for one in body]
    return {key: part for key, part in body.items() if key not in PARTS} if isinstance(body, dict) else body


def _bodies(body: Any) -> list[Json]:
    return [one for one in (body if isinstance(body, list) else [body]) if isinstance(one, dict)]
