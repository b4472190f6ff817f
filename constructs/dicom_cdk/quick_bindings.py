"""What the bindings that jsii generates ask Python again and again is answered once, while we synthesize.

A third of what Python does in a synthesis of the default site is this.
"""

import contextlib
import functools
import importlib.metadata
import typing
from collections.abc import Iterator
from typing import Any
from unittest import mock

_evaluate = typing.get_type_hints
_evaluated = functools.cache(_evaluate)
_version = functools.cache(importlib.metadata.version)


def _hints(of: Any, *where: Any, **more: Any) -> dict[str, Any]:
    """As bindings ask, of a function alone; others' questions are answered as always."""
    return _evaluate(of, *where, **more) if where or more else _evaluated(of)


def _unchecked(*_: object, **__: object) -> None:
    """In place of typeguard's: types are proven by mypy before, and checked again by Node when a value arrives."""


@contextlib.contextmanager
def quick_bindings() -> Iterator[None]:
    """For the time of a synthesis, and no longer: three functions of others.

    The hints of a constructor, evaluated with every construct; the version of typeguard, read from disk by every module;
    typeguard's look at every argument.
    """
    with (
        mock.patch.object(typing, "get_type_hints", _hints),
        mock.patch.object(importlib.metadata, "version", _version),
        mock.patch("typeguard.check_type", _unchecked),
    ):
        yield
