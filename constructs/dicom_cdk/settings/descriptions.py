"""The docstring under each field of a settings model, read from the models' source.

Pydantic can do this itself (use_attribute_docstrings), but then at every import and for a fifth of the start-up time of a command;
descriptions are wanted only when the JSON Schema and the settings reference are made.
"""

import ast
import importlib
import inspect
from functools import cache
from itertools import pairwise

from dicom_cdk.settings.models.base import Settings


def descriptions(model: type[Settings]) -> dict[str, str]:
    """Field name to description, inherited fields included. A field without a docstring is left out."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, Settings):
            found |= _of_module(cls.__module__).get(cls.__name__, {})
    return found


@cache
def _of_module(module: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: _of_class(node) for node in tree.body if isinstance(node, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found = {}
    for statement, following in pairwise(node.body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            found[statement.target.id] = inspect.cleandoc(following.value.value)
    return found
