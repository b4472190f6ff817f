"""`for_each` and `count`, where the files themselves say which instances they make."""

import json
from typing import Any

from dicom_cdk.plan.reading.expressions import Names

MOST = 200
"""Instances of one resource, or of one call of a module; of more, what is written is judged once."""
REPEATED = ("for_each", "count")


def instances(body: dict[str, Any]) -> dict[Any, Names] | None:
    """Key → what its instance calls its own, of what is evaluated already. None where only a plan knows, and for very many."""
    count, each = body.get("count"), body.get("for_each")
    if isinstance(count, int | str) and not isinstance(count, bool) and str(count).isdigit():
        found = {number: Names({("count", "index"): number}) for number in range(min(int(count), MOST + 1))}
        return found if len(found) <= MOST else None
    if isinstance(each, list) and all(isinstance(one, str) and "${" not in one for one in each):
        each = {one: one for one in each}
    if isinstance(each, dict) and len(each) <= MOST and not any("${" in key for key in each):
        return {key: Names({("each", "key"): key, ("each", "value"): value}) for key, value in each.items()}
    return None


def index(key: Any) -> str:
    """As Terraform writes it behind an address."""
    return f"[{json.dumps(key, ensure_ascii=False)}]"
