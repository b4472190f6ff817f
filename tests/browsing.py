"""Pages in a real Chromium: what a reader sees, and what axe says of it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from dicom_cdk.rehearsal.programs import need

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = (1280, 900), (390, 844)


@contextmanager
def opened(file: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light", **context: Any) -> Generator[Page]:
    """`file` in Chromium; whatever it asks for besides itself, or complains of, is an error. Raises ProgramMissing."""
    program = need("chromium", "chromium")
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; the page is our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **context)  # type: ignore[arg-type]
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: asked.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: asked.append(f"error: {error}"))
            page.goto(file.resolve().as_uri())
            yield page
            assert {url.partition("#")[0] for url in asked} == {file.resolve().as_uri()}
        finally:
            browser.close()


COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""All that another colour scheme can break."""


def complaints(page: Page, asked: dict[str, Any] | None = None) -> list[str]:
    """What axe finds wrong, a line each: with every rule of LEVELS, or with what is asked."""
    rules = asked or {"type": "tag", "values": LEVELS}
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {one['help']}: {', '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found.response["violations"]
    ]


def overflow(page: Page) -> list[str]:
    """Elements that make the whole page scroll sideways."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth
              && !one.closest(".scroll")).map((one) => one.tagName + " " + one.textContent.slice(0, 40))"""
        )
    )
