"""Pages for readers, rendered from assets/pages and assets/handoff; what goes to hosts is rendered in payload.templates."""

from jinja2 import Environment, StrictUndefined

from dicom_cdk import shipped


def rendered(page: str, **values: object) -> str:
    """The page `page`, such as ``pages/report.html.j2``; values are escaped where it is HTML."""
    environment = Environment(
        autoescape=page.endswith(".html.j2"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    return environment.from_string(shipped.path(f"assets/{page}").read_text()).render(**values)


def style() -> str:
    """The style sheet of all pages, to be put into each: they fetch nothing."""
    return shipped.path("assets/pages/page.css").read_text()
