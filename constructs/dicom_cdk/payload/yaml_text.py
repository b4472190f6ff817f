"""YAML of payloads and policies, read by libyaml: PyYAML's own reader takes ten times as long."""

from typing import Any

import yaml


def document(text: str) -> Any:
    """What a YAML text says. Raises yaml.YAMLError, in PyYAML's words whoever read it."""
    if yaml.__with_libyaml__:
        try:
            return yaml.load(text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError):
            pass
    return yaml.safe_load(text)
