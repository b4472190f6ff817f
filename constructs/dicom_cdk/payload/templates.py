"""The one Jinja environment: strict, no logic beyond a loop, shell text passes untouched."""

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_cdk import shipped
from dicom_cdk.payload.errors import MissingTemplateError, MissingValueError

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@cache
def environment() -> "Environment":
    """Made when first asked for: commands that render nothing need no Jinja."""
    from jinja2 import Environment, StrictUndefined

    # Comments get marks of their own: the default `{#` is a part of shell's `${#array[@]}`.
    return Environment(
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        comment_start_string="{//",
        comment_end_string="//}",
    )


@lru_cache(maxsize=256)
def _compiled(text: str) -> "Template":
    return environment().from_string(text)


def asset(relative: str) -> Path:
    """The shipped file or folder ``assets/<relative>``; MissingTemplateError names what there is instead."""
    try:
        return shipped.path(f"assets/{relative}")
    except FileNotFoundError as error:
        parent = Path(relative).parent
        try:
            there = sorted(entry.name for entry in shipped.path(f"assets/{parent}").iterdir())
        except FileNotFoundError:
            there = []
        known = ", ".join(there) or "nothing"
        raise MissingTemplateError(
            f"assets/{relative}: no such file; assets/{parent} has {known}; add the file or correct the name"
        ) from error


def render(relative: str, values: Mapping[str, object]) -> str:
    """The text of the template ``assets/<relative>`` with `values` filled in.

    Raises MissingTemplateError for an absent file and MissingValueError, with file and name, for an absent value.
    """
    text = asset(relative).read_text(encoding="utf-8")
    return render_text(text, values, where=f"assets/{relative}")


def render_text(text: str, values: Mapping[str, object], *, where: str) -> str:
    """`text` as a template; `where` names it in errors."""
    from jinja2 import TemplateError, UndefinedError

    try:
        return _compiled(text).render(values)
    except UndefinedError as error:
        given = ", ".join(sorted(values)) or "none"
        raise MissingValueError(f"{where}: {error.message}; values given: {given}; give the missing one") from error
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        raise MissingValueError(f"{where}{f' line {line}' if line else ''}: not a template: {error.message}") from error
