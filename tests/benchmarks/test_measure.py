"""A command that failed was not measured."""

import sys
from pathlib import Path

import pytest

from benchmarks.measure import seconds

FAILS = [sys.executable, "-c", "import sys; sys.exit('no such module')"]


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"exit 1: no such module\n$"):
        seconds(FAILS, tmp_path)


def test_a_command_whose_answer_is_an_exit_code_is_measured_with_it(tmp_path: Path) -> None:
    assert seconds(FAILS, tmp_path, answers=(1,)) > 0
