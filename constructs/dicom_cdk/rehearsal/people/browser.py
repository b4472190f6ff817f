"""Chromium on a machine of the rehearsal: a page, what it complains of, and the picture that is on its canvas."""

import base64
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.rehearsal.clients.pictures import SQUARES
from dicom_cdk.rehearsal.programs import ProgramMissing, need

PATIENCE_SECONDS = 240
"""OHIF is 17 MB of JavaScript, and a busy machine no fault."""
SIZE = {"width": 1280, "height": 900}
SEEN = """([number, squares]) => {
  const canvas = [...document.querySelectorAll("canvas.cornerstone-canvas")][number];
  if (!canvas || !canvas.width) return "";
  const { width, height } = canvas, data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const bright = (x, y) => data[4 * (y * width + x)] > 127;
  let left = width, right = -1, top = height, bottom = -1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (bright(x, y)) {
        left = Math.min(left, x); right = Math.max(right, x); top = Math.min(top, y); bottom = Math.max(bottom, y);
      }
  const across = (right - left + 1) / squares, down = (bottom - top + 1) / squares;
  if (across < 2 || down < 2) return "";
  let found = "";
  for (let row = 0; row < squares; row++)
    for (let column = 0; column < squares; column++)
      found += +bright(Math.floor(left + (column + 0.5) * across), Math.floor(top + (row + 0.5) * down));
  return found;
}"""
"""The squares of what is bright on a canvas, as `pictures.squares` writes them; "" where nothing is."""


class Screen:
    """One page of one person; `complaints` are errors of its console."""

    def __init__(self, page: Any, pictures: Path) -> None:
        self.page, self._pictures = page, pictures
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def seen(self, canvas: int = 0) -> str:
        """The squares on a canvas, counted from 0."""
        return self._evaluated(SEEN, [canvas, SQUARES])

    def until_seen(self, *pictures: str, canvas: int = 0) -> float:
        """Seconds until a canvas shows one of `pictures`. Raises Expected with what it shows instead."""
        began = time.monotonic()
        while (found := self.seen(canvas)) not in pictures:
            if time.monotonic() - began > PATIENCE_SECONDS:
                self.keep("not-as-expected")
                wanted = " or ".join(pictures)
                raise Expected(f"stored is {wanted}, seen is {found or 'nothing'}; the page says {self.text()[:300]}")
            self.page.wait_for_timeout(100)
        return time.monotonic() - began

    def until(self, *texts: str) -> str:
        """Which of `texts` the page shows first. Raises Expected with what it says instead."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            said = self.text()
            for text in texts:
                if text in said:
                    return text
            self.page.wait_for_timeout(100)
        self.keep("not-as-expected")
        raise Expected(f"the page never says {' or '.join(texts)}, but {self.text()[:300]!r}")

    def text(self) -> str:
        """All that can be read on it."""
        return self._evaluated("() => document.body ? document.body.innerText : ''")

    def _evaluated(self, script: str, given: Any = None) -> str:
        """What `script` says; "" where the page changes under it."""
        try:
            return str(self.page.evaluate(script, given))
        except Exception as error:
            if "navigation" not in str(error):
                raise
            return ""

    def keep(self, name: str) -> None:
        """A picture of it for whoever looks later."""
        self._pictures.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self._pictures / f"{name}.png"))


class Browser:
    """`screen` is somebody's with an empty cache and no session of anybody."""

    def __init__(self, started: Any, pictures: Path) -> None:
        self._started, self._pictures = started, pictures

    @contextmanager
    def screen(self) -> Iterator[Screen]:
        context = self._started.new_context(viewport=SIZE)
        try:
            yield Screen(context.new_page(), self._pictures)
        finally:
            context.close()

    def session(self) -> Any:
        """Of Chromium's own protocol, past all screens."""
        return self._started.new_browser_cdp_session()


@contextmanager
def chromium(
    into: Sequence[str], names: Mapping[str, str], certificate: Path, folder: Path, pictures: Path
) -> Iterator[Browser]:
    """`into` stands before the command; `names`: host name → address, and no other name leads anywhere; `certificate` is trusted.

    Raises ProgramMissing.
    """
    program = need("chromium", "chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise ProgramMissing("playwright is not installed: PyPI package playwright; run make setup") from None
    folder.mkdir(parents=True, exist_ok=True)
    inside = folder / "chromium"
    inside.write_text(f'#!/bin/sh\nexec {" ".join(into)} {program} "$@"\n')
    inside.chmod(0o755)
    rules = ",".join([*(f"MAP {name} {address}" for name, address in names.items()), "MAP * ~NOTFOUND"])
    # By its key: with the error merely passed over, nothing is cached.
    public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    trusted = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox; what it opens is our own.
        started = playwright.chromium.launch(
            executable_path=str(inside),
            args=["--no-sandbox", f"--host-resolver-rules={rules}", f"--ignore-certificate-errors-spki-list={trusted}"],
            timeout=PATIENCE_SECONDS * 1000,
        )
        try:
            yield Browser(started, pictures)
        finally:
            started.close()
