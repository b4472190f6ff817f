"""The marks are true, and a quick run leaves out what they say."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.marks import MARKS, PHASES, QUICK, marks_of, phase, without_group

PLUGINS = ("-p", "xdist.plugin", "-p", "tests.marks", "-p", "no:cacheprovider")
"""Of a run within a test; loading all that is installed takes half of its time."""


@pytest.fixture(autouse=True)
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.mark.parametrize(
    ("command", "marks"),
    [
        (["/usr/sbin/slapd", "-d", "0"], ["server"]),
        (["/usr/bin/terraform", "plan"], ["terraform"]),
        ([sys.executable, "/a/bundled_terraform.py", "plan"], ["terraform"]),
        (["/a/playwright/driver/node", "cli.js"], ["browser"]),
        (["terraform", "version", "-json"], []),
        (["nginx", "-v"], []),
        (["cp", "-r", "a", "terraform"], []),
    ],
)
def test_what_a_command_starts_is_known(command: list[str], marks: list[str]) -> None:
    assert marks_of(command) == marks


@pytest.mark.parametrize(
    ("nodeid", "test"),
    [
        ("tests/a.py::test_b@tests/a.py", "tests/a.py::test_b"),
        ("tests/a.py::test_b[x@y]@group", "tests/a.py::test_b[x@y]"),
        ("tests/a.py::test_b[x@y]", "tests/a.py::test_b[x@y]"),
        ("tests/a.py::test_b", "tests/a.py::test_b"),
    ],
)
def test_a_test_is_named_without_the_group_that_xdist_adds(nodeid: str, test: str) -> None:
    assert without_group(nodeid) == test


def test_a_test_with_several_marks_belongs_to_the_dearest_phase() -> None:
    assert phase({"server", "browser", "x"}) == "browser"
    assert phase({"browser", "terraform"}) == "terraform"
    assert phase({"parametrize"}) == QUICK
    assert set(PHASES) == {QUICK, *MARKS}


def test_a_quick_run_does_not_import_a_module_that_leaves_it_as_a_whole(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        test_a="import pytest\npytestmark = [pytest.mark.server, pytest.mark.apart]\nraise ValueError",
        test_b="import pytest\npytestmark = pytest.mark.terraform\nraise ValueError",
        test_c="import pytest\npytestmark = pytest.mark.apart\ndef test_quick():\n    pass",
    )
    done = pytester.runpytest_subprocess("--quick", *PLUGINS)
    done.assert_outcomes(passed=1)


def test_within_a_phase_files_that_stay_together_come_before_tests_that_any_worker_takes(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        test_a="import pytest\npytestmark = [pytest.mark.terraform, pytest.mark.apart]\ndef test_a(): pass",
        test_b="import pytest\npytestmark = pytest.mark.terraform\ndef test_b(): pass",
        test_c="import pytest\npytestmark = pytest.mark.apart\ndef test_c(): pass",
        test_d="def test_d(): pass",
    )
    done = pytester.runpytest_subprocess("--collect-only", "-q", *PLUGINS)
    done.stdout.fnmatch_lines([f"test_{name}.py::test_{name}" for name in "dcba"], consecutive=True)


def test_an_unmarked_test_that_starts_a_server_fails_in_every_run_and_is_told_the_mark(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import socket, subprocess, sys
        import pytest

        def start():
            subprocess.run(["./slapd"])

        def test_unmarked():
            start()

        @pytest.fixture
        def running():
            start()

        def test_of_a_fixture(running):
            pass

        @pytest.mark.server
        def test_marked():
            start()

        def test_that_listens_itself():
            with socket.create_server(("127.0.0.1", 0)):
                pass

        @pytest.mark.parametrize("program", ["terraform"])
        def test_harmless(program, tmp_path):
            subprocess.run(["true"])
            with socket.socket() as free, socket.socket(socket.AF_UNIX) as local:
                free.bind(("127.0.0.1", 0))
                local.bind(str(tmp_path / "socket"))
                local.listen()
        """
    )
    (pytester.path / "slapd").write_text("#!/bin/sh\n")
    (pytester.path / "slapd").chmod(0o755)

    kept = ("PYTHONPYCACHEPREFIX", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    given = {name: os.environ[name] for name in kept if name in os.environ}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *PLUGINS, str(pytester.path), *arguments],
            cwd=pytester.path,
            env={**given, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        return done.stdout

    said = run("--quick")
    assert "starts what a quick run leaves out; mark this test or its module: @pytest.mark.server" in said
    assert "2 failed, 1 passed, 1 deselected, 1 error" in said
    said = run()
    assert "mark this test or its module: @pytest.mark.server" in said
    assert "2 failed, 2 passed, 1 error" in said
    assert "phase quick: 3 tests, " in said
    assert "phase server: 1 tests, " in said
    assert "phase terraform" not in said, "the word of a parameter is no mark"
