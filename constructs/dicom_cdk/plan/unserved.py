"""Providers that a stack asks for and nobody serves offline, in words."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline.store import ADDRESSES
from dicom_cdk.plan import modules
from dicom_cdk.plan.stack import Stack

BUILT_IN = "terraform"
SERVED = frozenset({*ADDRESSES.values(), "hashicorp/alicloud", "terraform.io/builtin/terraform"})


def findings(stack: Stack) -> Iterator[tuple[str, str, str]]:
    """Summary, detail and where, of each provider that is not served."""
    required = stack.document.get("terraform", {}).get("required_providers", {})
    sources = {name: _source(name, body) for name, body in required.items() if name != "//"}
    used = modules.types(stack)
    for kind in sorted(used["managed"] | used["data"]):
        sources.setdefault(kind.partition("_")[0], f"hashicorp/{kind.partition('_')[0]}")
    for name, source in sorted(sources.items()):
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


def _source(name: str, body: Any) -> str:
    source = str(body.get("source") or f"hashicorp/{name}") if isinstance(body, dict) else f"hashicorp/{name}"
    return source.lower().removeprefix("registry.terraform.io/").removeprefix("registry.opentofu.org/")
