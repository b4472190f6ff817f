"""Pages in a real Chromium: what a reader sees, and what axe says of it."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from dicom_cdk.rehearsal.programs import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = (1280, 900), (390, 844)


Opened = Callable[..., AbstractContextManager["Page"]]
"""`opened(file, size, scheme, **context)`: the file's page."""


@pytest.fixture(scope="module")
def opened() -> Generator[Opened]:
    """Pages in one Chromium a module: each has a context, and so a memory, of its own."""
    from playwright.sync_api import sync_playwright  # a third of a second, for those who look at pages

    program = need("chromium", "chromium")
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield partial(_opened, browser)
        browser.close()


@contextmanager
def _opened(
    browser: "Browser",
    file: Path,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    **context: Any,
) -> Generator["Page"]:
    """`file`; whatever it asks for besides itself, or complains of, is an error."""
    with browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, **context) as alone:
        page = alone.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: asked.append(f"error: {error}"))
        page.goto(file.resolve().as_uri())
        yield page
        assert {url.partition("#")[0] for url in asked} == {file.resolve().as_uri()}


COLOURS = {"type": "rule", "values": ["color-contrast"]}
"""All that another colour scheme can break."""
LAYOUT = {
    "type": "rule",
    "values": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"],
}
"""All that another width can break: what lies over what, what is too small to touch, what has to be scrolled."""


def complaints(page: "Page", asked: dict[str, Any] | None = None) -> list[str]:
    """What axe finds wrong, a line each: with every rule of LEVELS, or with what is asked."""
    from axe_playwright_python.sync_playwright import Axe

    rules = asked or {"type": "tag", "values": LEVELS}
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {one['help']}: {', '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in found.response["violations"]
    ]


def overflow(page: "Page") -> list[str]:
    """Elements that make the whole page scroll sideways."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth
              && !one.closest(".scroll")).map((one) => one.tagName + " " + one.textContent.slice(0, 40))"""
        )
    )
