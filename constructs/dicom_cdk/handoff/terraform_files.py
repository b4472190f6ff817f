"""The root module of a stack as a platform team keeps it: JSON without our backend, examples of theirs, a template of variables."""

import json
import os
from pathlib import Path
from typing import Any

from dicom_cdk.handoff import import_ids, oldest
from dicom_cdk.handoff.errors import HandoffError
from dicom_cdk.markdown import visible
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.redaction.configuration import without
from dicom_cdk.plan.redaction.secret_values import clean, is_marked, literals
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
MODULES = "modules"
"""Folder of the local modules, which lie in it as they lie to each other."""


def files(stack: Stack) -> dict[str, str]:
    """Name in the module's folder → text."""
    stack, asked = import_ids.asked_for(stack)
    found = {
        "cdk.tf.json": json.dumps(_with_own_modules(stack), indent=2) + "\n",
        # As HCL: Checkov's reader of Terraform JSON breaks on it (3.3.30).
        "versions.tf": f'terraform {{\n  required_version = ">= {oldest.text(oldest.oldest(stack)[0])}.0"\n}}\n',
        "backend.tf.example": _backend(stack),
    }
    found |= {f"{MODULES}/{path}": text for path, text in _module_files(stack).items()}
    if stack.variables:
        found["terraform.tfvars.example"] = _variables(stack, asked)
    return found


def _common(stack: Stack) -> Path:
    folders = modules.folders(stack)
    return Path(os.path.commonpath([one.parent for one in folders])) if folders else stack.folder


def _with_own_modules(stack: Stack) -> Json:
    """The document, its calls of local modules leading to the copies."""
    document = stack.without_backend()
    top = {call.address: call.folder for call in modules.calls(stack) if call.folder is not None}
    for name, body in (document.get("module") or {}).items():
        folder = top.get(f"module.{name}")
        for one in body if isinstance(body, list) else [body]:
            if folder is not None and isinstance(one, dict):
                one["source"] = f"./{MODULES}/{folder.relative_to(_common(stack)).as_posix()}"
    return document


def _module_files(stack: Stack) -> dict[str, str]:
    """Path below the folder of modules → text. Raises HandoffError for what is no text."""
    found = {}
    for path, data in stack_files.contents(stack).items():
        file = Path(os.path.normpath(stack.folder.absolute() / path))
        try:
            found[file.relative_to(_common(stack)).as_posix()] = data.decode()
        except UnicodeDecodeError:
            raise HandoffError(f"{file}: a module's file that is no text; take it out of the module") from None
    return found


def _backend(stack: Stack) -> str:
    given = stack.document.get("terraform", {}).get("backend", {}).get("oss")
    values = given if isinstance(given, dict) else {
        "bucket": "<bucket for Terraform states>", "prefix": f"dicom/{stack.name}", "key": "terraform.tfstate",
        "region": "<region of the bucket>", "encrypt": True, "tablestore_endpoint": "<endpoint of the lock table's instance>",
        "tablestore_table": "<lock table>",
    }  # fmt: skip
    # Keys have no place in a file; the backend takes them from the environment too.
    values = {name: value for name, value in values.items() if clean({name: value}) == {name: value}}
    width = max(map(len, values), default=0)
    lines = [
        "# Where the state goes. It holds secrets: encrypted, versioned, locked, readable by deployers only.",
        "# Rename to backend.tf and fill in; any other backend of your own does as well.",
        "terraform {",
        '  backend "oss" {',
        *(f"    {name:<{width}} = {json.dumps(value)}" for name, value in values.items()),
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _variables(stack: Stack, asked: frozenset[str]) -> str:
    """`asked`: names of those that hold secrets though nothing marks them."""
    lines = [
        "# Copy to terraform.tfvars and fill in. Give sensitive ones by the environment instead, as TF_VAR_<name>:",
        "# a file with them must never be committed.",
    ]
    secret = literals(stack.document)
    for name, body in sorted(stack.variables.items()):
        body = body if isinstance(body, dict) else {}
        lines += ["", f"# {visible(str(body.get('description') or name))}"]
        default = {name: body.get("default")}
        if name in asked or is_marked(body) or without(clean(default), secret) != default:
            lines.append(f'# {name} = ""   # sensitive: export TF_VAR_{name}="$(cat FILE)"')
        elif "default" in body:
            lines.append(f"# {name} = {json.dumps(body['default'])}")
        else:
            lines.append(f"{name} = {_empty(str(body.get('type', 'string')))}")
    return "\n".join(lines) + "\n"


def _empty(kind: str) -> str:
    if kind.startswith(("list", "set")):
        return "[]"
    if kind.startswith(("map", "object")):
        return "{}"
    return {"number": "0", "bool": "false"}.get(kind, '""')
