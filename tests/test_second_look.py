"""Tests that failed beside others are asked once more; what is unsteady is named, and nothing else is forgiven."""

import json
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.second_look import MOST, RECORD, second_look


def looked(code: int, failed: list[str], tmp_path: Path, again: int = 0) -> tuple[int, bool]:
    """Exit code, and whether the tests were run again."""
    record, mark = tmp_path / "failed", tmp_path / "ran"
    record.write_text(json.dumps(failed))
    run = [
        sys.executable,
        "-c",
        f"import sys; open({str(mark)!r}, 'w').write(' '.join(sys.argv[1:])); sys.exit({again})",
    ]
    code = second_look(code, record, run)
    assert not mark.exists() or mark.read_text() == " ".join(failed)
    return code, mark.exists()


def test_what_passes_by_itself_is_named_as_unsteady(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    assert looked(1, ["tests/a.py::test_b"], tmp_path) == (0, True)
    said = capsys.readouterr().out
    assert "unsteady: tests/a.py::test_b failed beside others and passed by itself: a fault of the test" in said
    assert "::warning" not in said


def test_a_pipeline_shows_it_beside_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    looked(1, ["tests/a.py::test_b"], tmp_path)
    assert "::warning title=unsteady test::tests/a.py::test_b\n" in capsys.readouterr().out


def test_what_fails_again_has_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert looked(1, ["tests/a.py::test_b"], tmp_path, again=1) == (1, True)
    assert "unsteady" not in capsys.readouterr().out


def test_of_many_failures_none_is_forgiven(tmp_path: Path) -> None:
    assert looked(1, [f"tests/a.py::test_{n}" for n in range(MOST + 1)], tmp_path) == (1, False)


@pytest.mark.parametrize("code", [0, 2, 3, 4, 5, 130])
def test_a_run_that_passed_broke_or_was_interrupted_stays_what_it_is(code: int, tmp_path: Path) -> None:
    assert looked(code, ["tests/a.py::test_b"], tmp_path) == (code, False)


def test_a_failure_that_nothing_recorded_stays_one(tmp_path: Path) -> None:
    assert second_look(1, tmp_path / "absent", [sys.executable, "-c", ""]) == 1


def test_a_run_records_its_own_failures_those_of_set_up_and_of_reading_a_file_among_them(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # Loading all that is installed takes half of the time of each run.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    plugins = ("-p", "xdist.plugin", "-p", "tests.marks")
    pytester.makepyfile(
        test_a="""
        import pytest

        @pytest.fixture
        def broken():
            raise ValueError

        def test_good(): pass
        def test_bad(): raise ValueError
        def test_unready(broken): pass
        """,
        test_b="import nothing_of_this_name",
    )
    pytester.runpytest_subprocess(*plugins, "--continue-on-collection-errors")
    recorded = json.loads((pytester.path / RECORD).read_text())
    assert recorded == ["test_a.py::test_bad", "test_a.py::test_unready", "test_b.py"]
    pytester.runpytest_subprocess(*plugins, "test_a.py::test_good")
    assert json.loads((pytester.path / RECORD).read_text()) == []
