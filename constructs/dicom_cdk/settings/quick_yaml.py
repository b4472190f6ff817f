"""PyYAML without the regular expressions that a site hardly needs: compiling them takes longer than reading the site.

The one of characters that YAML forbids is half of the whole import. A pattern is compiled when it is first asked for a match;
plain ASCII, which holds no such character, does not ask.

PyYAML is pinned (pyproject.toml), so that how it uses its patterns is known; tests compare with what it reads by itself.
"""

import re
import sys
from functools import cached_property
from types import ModuleType
from typing import Any

__all__ = ["yaml"]
FORBIDDEN = "[^\x09\x0a\x0d\x20-\x7e"
"""How the pattern of forbidden characters begins: with the ASCII that is allowed."""


class _Later:
    """A pattern, compiled when it is first used."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._given = pattern, flags
        self._forbidden = pattern.startswith(FORBIDDEN)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(*self._given)

    def search(self, text: str) -> re.Match[str] | None:
        if self._forbidden and text.isascii() and text.translate(_BLANKS).isprintable():
            return None
        return self._pattern.search(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)


_BLANKS = dict.fromkeys(map(ord, "\t\n\r"))


class _Lazy(ModuleType):
    """`re`, but for `compile`."""

    compile = _Later

    def __getattr__(self, name: str) -> Any:
        return getattr(re, name)


if "yaml" not in sys.modules:
    sys.modules["re"] = _Lazy("re")
    try:
        import yaml
    finally:
        sys.modules["re"] = re
else:
    import yaml
