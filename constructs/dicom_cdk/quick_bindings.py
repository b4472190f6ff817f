"""What the bindings that jsii generates ask Python again and again is answered once, while we synthesize.

Half of what Python does in a synthesis of the default site is this.
"""

import contextlib
import functools
import importlib.metadata
import typing
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

_evaluate = typing.get_type_hints
_evaluated = functools.cache(_evaluate)
_version = functools.cache(importlib.metadata.version)


def _hints(of: Any, *where: Any, **more: Any) -> dict[str, Any]:
    """As bindings ask, of a function alone; others' questions are answered as always."""
    return _evaluate(of, *where, **more) if where or more else _evaluated(of)


def _sending(referenced: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """In place of jsii's `referenced`: values as Node is sent them, without the arguments that a struct leaves out, most of each.

    jsii asks the property of each, which makes a type anew only to say nothing of its value, and sends null.
    """

    def sent(kernel: Any, value: Any) -> Any:
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value
        if kind is list:
            return [sent(kernel, each) for each in value]
        if kind is dict:
            return {"$jsii.map": {key: sent(kernel, each) for key, each in value.items()}}
        names, given = getattr(kind, "__jsii_name_mapping__", None), getattr(value, "_values", None)
        if names is None or given is None:
            return referenced(kernel, value)
        data = {names[name]: sent(kernel, each) for name, each in given.items()}
        return {"$jsii.struct": {"fqn": kind.__jsii_type__, "data": data}}

    return sent


def _unchecked(*_: object, **__: object) -> None:
    """In place of typeguard's: types are proven by mypy before, and checked again by Node when a value arrives."""


@contextlib.contextmanager
def quick_bindings() -> Iterator[None]:
    """For the time of a synthesis, and no longer: four functions of others.

    The hints of a constructor, evaluated with every construct; the version of typeguard, read from disk by every module;
    typeguard's look at every argument; how jsii sends one to Node.
    """
    # Only here, never for a settings error.
    from jsii import _kernel

    referenced = _kernel._make_reference_for_native
    with (
        mock.patch.object(_kernel, "_make_reference_for_native", _sending(referenced)),
        mock.patch.object(typing, "get_type_hints", _hints),
        mock.patch.object(importlib.metadata, "version", _version),
        mock.patch("typeguard.check_type", _unchecked),
    ):
        yield
