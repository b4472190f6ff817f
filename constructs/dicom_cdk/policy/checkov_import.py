"""What of Checkov's import is left out: five sixths of its time go into what no policy asks for that is judged here.

Checkov is pinned (pyproject.toml), so that what it does with what is left out is known; tests compare its verdicts with those of
its own command line. Once it is imported, whoever asks for one of the packages gets the real one.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest import mock

import lark

OTHER_CLOUDS = {
    "resource": (
        "aws", "azure", "digitalocean", "gcp", "github", "gitlab", "kubernetes", "linode", "ncp", "oci", "openstack", "panos",
        "tencentcloud", "yandexcloud",
    ),
    "data": ("aws", "gcp", "external"),
    "provider": ("aws", "bridgecrew", "linode", "ncp", "oci", "openstack", "panos"),
}  # fmt: skip
"""Packages of checks that judge none of our types."""
UNUSED = {
    "aiohttp": "its platform's API",
    "boto3": "its platform's storage",
    "botocore": "its platform's storage",
    "checkov.common.sast.report_types": "what it finds in other languages than Terraform",
    "docker": "images of containers",
    "git": "modules from git",
    "networkx": "another library of graphs than the one that is used",
    "prettytable": "tables of vulnerable packages",
    "requests": "its platform's API",
    "tabulate": "tables on a terminal",
}
"""Packages and modules that Checkov imports at its start, and what for: none of it is done here."""
OPTIONAL = ("numpy",)
"""What a library of Checkov's takes where it is installed and does without where it is not."""


@contextmanager
def lean() -> Iterator[None]:
    """Imports of Checkov in the block are without all this; what is imported already stays as it is."""
    # Nothing of the gate asks the network (facts: policies 3.2).
    os.environ.setdefault("BC_SKIP_MAPPING", "true")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    for kind, names in OTHER_CLOUDS.items():
        for name in names:
            module = f"checkov.terraform.checks.{kind}.{name}"
            sys.modules.setdefault(module, ModuleType(module))
    finder = _Unused({name for name in UNUSED if name not in sys.modules})
    without = [name for name in OPTIONAL if name not in sys.modules]
    sys.modules.update(dict.fromkeys(without))  # type: ignore[arg-type]
    sys.meta_path.insert(0, finder)
    try:
        with mock.patch.object(lark, "Lark", _Later):
            yield
    finally:
        sys.meta_path.remove(finder)
        for name in (*finder.made, *without):
            sys.modules.pop(name, None)


class _Later:
    """Stands where the parser of HCL is made, until something is parsed; nothing of the gate is.

    Making it takes three quarters of the time of an import. What Lark keeps of it for the next time, in the temporary folder, is
    a pickle: whoever may write there would say what this process does.
    """

    def __init__(self, **options: Any) -> None:
        self._options = {**options, "cache": False}

    @cached_property
    def _made(self) -> lark.Lark:
        return lark.Lark(**self._options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


class _Unused:
    """Finds the packages `names` as modules that have every name, each a class that cannot be made use of."""

    def __init__(self, names: set[str]) -> None:
        self._names = names
        self.made: list[str] = []

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        del path, target
        return ModuleSpec(name, self, is_package=True) if _unused(name) in self._names else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        self.made.append(spec.name)
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing."""


class _Module(ModuleType):
    def __getattr__(self, name: str) -> type:
        return _absent(self.__name__, name)


def _absent(module: str, name: str) -> type:
    """Stands where a class is only named: in annotations, `isinstance` and `except`."""
    if name.startswith("__"):
        raise AttributeError(name)

    def used(*_: Any, **__: Any) -> None:
        root = _unused(module)
        raise RuntimeError(
            f"{module}.{name}: dicom-cdk imports Checkov without {root}, which it needs for {UNUSED[root]}; report it"
        )

    return type(name, (Exception,), {"__init__": used})


def _unused(module: str) -> str:
    """What stands for a module in UNUSED: itself, or its package."""
    return module if module in UNUSED else module.partition(".")[0]
