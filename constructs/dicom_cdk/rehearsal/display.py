"""One line a check; on a terminal also what is running."""

from typing import TextIO

from rich.console import Console
from rich.markup import escape

from dicom_cdk.rehearsal.checks import Check

STYLES = {"ok": "green", "failed": "bold red", "skipped": "yellow"}


class Lines:
    """Writes to `stream`; colours and progress on a terminal only, and none with NO_COLOR."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._status = self._console.status("") if self._console.is_terminal else None

    def begin(self, room: str, name: str) -> None:
        if self._status is not None:
            self._status.update(f"{escape(room)}: {escape(name)} …")
            self._status.start()

    def end(self, check: Check) -> None:
        if self._status is not None:
            self._status.stop()
        if self._quiet and check.verdict == "ok":
            return
        style = STYLES[check.verdict]
        said = f" ({check.said})" if check.said and check.verdict == "ok" else ""
        line = f"[{style}]{check.verdict:7}[/] {check.seconds:6.2f} s  {check.room}: {escape(check.name + said)}"
        self._console.print(line)
        if check.said and check.verdict != "ok":
            self._console.print(f"          {escape(check.said)}")
