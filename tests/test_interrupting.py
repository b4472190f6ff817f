"""Tests that interrupt what they started do so below `nohup` and in a shell's background too."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.interrupting import interruptible

PARENT = """
import contextlib, signal, subprocess, sys
from tests.interrupting import interruptible
signal.signal(signal.SIGINT, signal.SIG_IGN)
with interruptible() if sys.argv[1] == "interruptible" else contextlib.nullcontext():
    child = subprocess.Popen([sys.executable, "-c", "print('up', flush=True); input()"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
assert child.stdout.readline() == b"up\\n"
child.send_signal(signal.SIGINT)
child.communicate(b"on\\n")
print(child.returncode, signal.getsignal(signal.SIGINT).name)
"""


def parent(how: str) -> str:
    done = subprocess.run([sys.executable, "-c", PARENT, how], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_child_of_one_that_ignores_interrupts_ends_on_one() -> None:
    assert parent("interruptible") == f"{-signal.SIGINT} SIG_IGN", "and the parent ignores them as before"
    assert parent("plain") == "0 SIG_IGN", "the control: without it the child runs to its end"


def test_every_test_that_sends_an_interrupt_starts_what_it_interrupts_so() -> None:
    sending = {path for path in Path(ROOT / "tests").rglob("*.py") if "signal.SIGINT)" in path.read_text()}
    sending -= {Path(__file__), ROOT / "tests/interrupting.py"}
    assert sending, "none is found: look for what they are called now"
    assert [
        str(path.relative_to(ROOT)) for path in sorted(sending) if "with interruptible():" not in path.read_text()
    ] == []


def test_what_was_set_before_is_set_again() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is before
