"""Resources that only got another address: recognized, so that they are moved instead of destroyed and made anew."""

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from dicom_cdk.plan.addresses import kind

Json = dict[str, Any]
_REFERENCE = re.compile(r"(?:module\.[\w-]+\.)*((?:alicloud|random|tls|time|terraform)_[a-z0-9_]+)\.[A-Za-z0-9_-]+")


def suggested(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, str]:
    """Old → new address of resources of one type that are gone and come, and say the same but for names of constructs.

    `before`, `after`: address → arguments of what is on one side only. A tie is no rename: nothing is suggested.
    """
    gone, come = _by_essence(before), _by_essence(after)
    return {
        olds[0]: come[essence][0]
        for essence, olds in gone.items()
        if len(olds) == 1 and len(come.get(essence, ())) == 1
    }


def _by_essence(resources: Mapping[str, Json]) -> dict[tuple[str, str], list[str]]:
    found = defaultdict(list)
    for address, values in resources.items():
        found[kind(address), _essence(values)].append(address)
    return found


def _essence(values: Json) -> str:
    """Arguments without notes; references by type and attribute, since a renamed resource renames those to it."""
    text = json.dumps({key: value for key, value in values.items() if key not in ("//", "depends_on")}, sort_keys=True)
    return _REFERENCE.sub(r"\1", text)
