"""YAML of payloads and policies, read by libyaml: PyYAML's own reader takes ten times as long."""

from typing import Any

import yaml

TOO_DEEP = "more lists and maps within each other than can be read"


def document(text: str) -> Any:
    """What a YAML text says. Raises yaml.YAMLError, in PyYAML's words whoever read it."""
    if yaml.__with_libyaml__:
        try:
            return yaml.load(text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError, KeyError):
            pass
        except RecursionError:
            raise yaml.YAMLError(TOO_DEEP) from None
    try:
        return yaml.safe_load(text)
    except RecursionError:
        raise yaml.YAMLError(TOO_DEEP) from None
    # What a value with a type that it does not have, such as a date of a 45th day, ends with in PyYAML.
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise yaml.YAMLError(f"a value that is none of its kind: {error}") from None
