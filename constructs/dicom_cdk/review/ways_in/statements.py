"""Statements of RAM and bucket policies, as their JSON has them: one or many, text or map."""

from typing import Any

from dicom_cdk.plan.reading.written_json import read_json


def allowed(policy: Any) -> list[dict[str, Any]]:
    """What a policy allows; nothing for what is no policy."""
    said = items(policy.get("Statement")) if isinstance(policy, dict) else []
    return [one for one in said if isinstance(one, dict) and one.get("Effect") == "Allow"]


def items(value: Any) -> list[Any]:
    """A list, whether one or several were written."""
    return value if isinstance(value, list) else [] if value is None else [value]


def parsed(text: Any) -> Any:
    """JSON text, or what was decoded of it already; None where it is neither."""
    if not isinstance(text, str):
        return text
    try:
        return read_json(text)
    except ValueError:
        return None
