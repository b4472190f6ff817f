"""Values as the SDK holds them: texts of plain values, and trees of them for a resource's old and new side.

A tree is, by the kind of its field: a text, a list of trees, a dict of key to text (map), a dict of element key to tree (set), or
a dict of field name to tree (element of a block). None is absent, `Unknown` unknown.
"""

import os
from typing import Any, TypeAlias

from dicom_cdk.offline.fields import ZERO_TEXT, Field, Kind
from dicom_cdk.offline.values import Unknown, Value, number_text, number_value

Tree: TypeAlias = Any

MARKER = "74D93920-ED26-11E3-AC10-0800200C9A66"
"""The text that the SDK has in place of an unknown one."""


def text_of(kind: Kind, value: Value) -> str:
    """A known plain value's text."""
    if kind is Kind.BOOL or isinstance(value, bool):
        return "true" if value in (True, "true", "1") else "false"
    if kind is Kind.STRING:
        return value if isinstance(value, str) else number_text(value)
    return number_text(value)


def value_of(kind: Kind, text: str) -> Value:
    """The plain value that a text stands for."""
    if kind is Kind.STRING:
        return text
    if kind is Kind.BOOL:
        return text == "true"
    return number_value(text)


def default_text(field: Field) -> str | None:
    """The text of a field's default, environment first, or None."""
    for name in field.env_default:
        if os.environ.get(name):
            return os.environ[name]
    return None if field.default is None else text_of(field.kind, field.default)


def zero_tree(field: Field) -> Tree:
    """What an absent field of an existing block element counts as (step 1)."""
    if field.plain:
        return ZERO_TEXT[field.kind]
    return [] if field.kind is Kind.LIST else {}


def unknown_text(kind: Kind) -> str:
    """The new text of an unknown plain value."""
    return MARKER if kind is Kind.STRING else ZERO_TEXT[kind]


def is_unknown(tree: Tree) -> bool:
    return isinstance(tree, Unknown)
