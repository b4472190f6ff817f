"""How far the asking is."""

import io
import sys

import pytest

from dicom_cdk.preflight.progress import shown


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_files_and_pipelines_see_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    with shown("clinic") as tell:
        tell(1, 2)
    assert written.getvalue() == ""


def test_a_person_on_a_terminal_sees_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Terminal()
    monkeypatch.setattr(sys, "stderr", written)
    with shown("clinic") as tell:
        tell(1, 2)
        tell(2, 2)
    assert "asking for clinic" in written.getvalue()
