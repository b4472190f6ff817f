"""Facts of a release at once, as `{schema, overlay, functions, actions}`: for comparing; a plan decodes only what it uses."""

import gzip
import json
from pathlib import Path
from typing import Any

from dicom_cdk import shipped
from dicom_cdk.offline.versions import difference
from dicom_cdk.offline.versions.store import UnknownRelease

Json = dict[str, Any]
ADDRESS = "registry.terraform.io/aliyun/alicloud"
FUNCTIONS, ACTIONS = "functions.json", "actions.json"


def folder() -> Path:
    """Where the facts are."""
    return shipped.path("provider/schema.json.gz").parent


def base(where: Path | None = None) -> Json:
    """Of the release that is held whole."""
    place = where or folder()
    whole = json.loads(gzip.decompress((place / "schema.json.gz").read_bytes()))
    return {
        "schema": whole["provider_schemas"][ADDRESS],
        "overlay": json.loads(gzip.decompress((place / "overlay.json.gz").read_bytes())),
        "functions": json.loads((place / FUNCTIONS).read_text(encoding="utf-8")),
        "actions": of_types(json.loads((place / ACTIONS).read_text(encoding="utf-8"))),
    }


def of_types(actions: Json) -> Json:
    """The part of actions.json that is of types; the rest is names and notes."""
    return {name: one for name, one in actions.items() if name.removeprefix("data.").startswith("alicloud_")}


def held(release: str, where: Path | None = None) -> Json:
    """Of any release that is here. Raises UnknownRelease."""
    place = where or folder()
    whole = base(place)
    held_whole = whole["overlay"]["provider_version"]
    if release == held_whole:
        return whole
    there = sorted(one.parent.name for one in place.glob(f"*/{difference.FILE}"))
    if release not in there:
        raise UnknownRelease(
            f"no facts of aliyun/alicloud {release} here; there are: {', '.join([*there, held_whole])} "
            "(docs/provider-facts.md: how to add one)"
        )
    return difference.applied(whole, difference.read(place / release))


def rules(where: Path | None = None) -> list[Json]:
    """The rules of suppress.json."""
    found: list[Json] = json.loads(((where or folder()) / "suppress.json").read_text(encoding="utf-8"))
    return found
