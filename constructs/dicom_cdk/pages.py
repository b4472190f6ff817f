"""Pages for readers, rendered from assets/pages and assets/handoff; what goes to hosts is rendered in payload.templates."""

from functools import cache

from jinja2 import Environment, FunctionLoader, StrictUndefined

from dicom_cdk import markdown, shipped


def rendered(page: str, **values: object) -> str:
    """The page `page`, such as ``pages/report.html.j2``; values are escaped where it is HTML, what cannot be seen is shown.

    Markdown has the filters `plain`, `cell` and `code` of `markdown`, for texts that others wrote.
    """
    return _environment(page.endswith(".html.j2")).get_template(page).render(**values)


@cache
def _environment(html: bool) -> Environment:
    """Made once: compiling a page takes longer than filling it."""
    environment = Environment(
        loader=FunctionLoader(lambda name: shipped.path(f"assets/{name}").read_text()),
        autoescape=html,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    environment.filters |= {"plain": markdown.plain, "cell": markdown.cell, "code": markdown.code}
    return environment


def _shown(value: object) -> object:
    # Markup is a page's own, and keeps its type.
    return markdown.visible(value, keep="\n\t") if type(value) is str else value


def style() -> str:
    """The style sheet of all pages, to be put into each: they fetch nothing."""
    return shipped.path("assets/pages/page.css").read_text()
