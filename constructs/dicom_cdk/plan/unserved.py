"""Providers that a stack asks for and nobody serves offline, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.offline.store import ADDRESSES
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.stack import Stack

BUILT_IN = "terraform"
SERVED = frozenset({*ADDRESSES.values(), "hashicorp/alicloud", "terraform.io/builtin/terraform"})


def findings(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Summary, detail and where, of each provider that is not served."""
    used = modules.types(stack)
    documents = [stack.document, *(module_files.document(folder) for folder in modules.folders(stack))]
    asked = {one for document in documents for one in _asked(document)}
    for name, source in sorted(asked):
        if source in SERVED or name == BUILT_IN:
            continue
        kinds = sorted(kind for kind in used["managed"] | used["data"] if kind.partition("_")[0] == name)
        yield (
            f"{source} is not served offline",
            f"served are {', '.join(ADDRESSES.values())}. Leave {', '.join(kinds) or 'the provider'} out of what is planned here, "
            "or plan with a Terraform of your own: `dicom-cdk provider serve` serves these, and `terraform init` there fetches "
            f"{source}",
            kinds[0] if kinds else "",
        )


def _asked(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Local name and source of each provider that one module asks for: required, set up, or by its types alone."""
    found: dict[str, str] = {}
    terraform = document.get("terraform")
    for block in terraform if isinstance(terraform, list) else [terraform]:
        required = block.get("required_providers") if isinstance(block, dict) else None
        for each in required if isinstance(required, list) else [required]:
            named = each if isinstance(each, dict) else {}
            found |= {name: _source(name, body) for name, body in named.items() if name != "//"}
    types = (kind for section in ("resource", "data", "ephemeral") for kind in document.get(section) or {})
    for name in [*(document.get("provider") or {}), *(kind.partition("_")[0] for kind in types)]:
        if name != "//":
            found.setdefault(name, f"hashicorp/{name}")
    yield from found.items()


def _source(name: str, body: Any) -> str:
    source = str(body.get("source") or f"hashicorp/{name}") if isinstance(body, dict) else f"hashicorp/{name}"
    return source.lower().removeprefix("registry.terraform.io/").removeprefix("registry.opentofu.org/")
