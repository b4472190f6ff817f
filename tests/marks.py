"""What a test starts, as marks: `pytest --quick` leaves out servers, browsers and Terraform; a full run says each phase's time.

A module says it once (`pytestmark = pytest.mark.server`), or one test does. Every run checks that the marks are true: a test
without any that starts such a program, or listens itself, fails, and the message names the mark. What a command of ours starts as
a child of its own is not seen. Over 200 lines: one plug-in, from the words of a mark to the line of its phase.
"""

import gc
import os
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Container, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

MARKS = {
    "terraform": "starts Terraform, OpenTofu or cdktf-cli, or a command of ours that does",
    "browser": "opens a page in Chromium",
    "server": "starts a server, a program or one of its own process, or runs what needs one, or builds and installs a package",
}
"""Mark and what it means. A test with several belongs to the phase of the first."""
STARTS = {
    "terraform": {"terraform", "tofu", "cdktf", "bundled_terraform.py"},
    "browser": {"chromium", "playwright"},
    "server": {"slapd", "nginx", "Orthanc", "postgres", "initdb", "pg_ctl", "pg_ctlcluster"},
}
ASKING = {"-v", "-V", "-version", "--version", "version"}
"""Arguments that only ask a program for its version: nothing is started."""

APART = "apart"
QUICK = "quick"
PHASES = (QUICK, "server", "browser", "terraform")
"""In the order in which a full run takes them."""

WHOLE = re.compile(rf"^pytestmark = .*\bmark\.({'|'.join(MARKS)})\b", re.MULTILINE)
"""A module that leaves a quick run as a whole."""

started: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="leave out tests that start a server, a browser or Terraform")


def pytest_configure(config: pytest.Config) -> None:
    for mark, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    config.addinivalue_line("markers", f"{APART}: its tests are dear and share nothing: each may run on another worker")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Phases(), "phases")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: many tests wait for a server, and somebody works meanwhile; those of a quick run do not."""
    return len(os.sched_getaffinity(0)) + (not config.getoption("--quick"))


def phase(marks: Container[str]) -> str:
    """The phase of a test with these marks; of several the dearest."""
    return next((mark for mark in MARKS if mark in marks), QUICK)


PHASE = pytest.StashKey[str]()


def phase_of(item: pytest.Item) -> str:
    """Its phase by its marks: its keywords hold the words of its parameters too. Asked six times a test, so kept with it."""
    if PHASE not in item.stash:
        item.stash[PHASE] = phase({mark.name for mark in item.iter_markers()})
    return item.stash[PHASE]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report goes from the worker to who counts, three times a test, without its keywords: nobody asks for them there."""
    report = yield
    report.__dict__["phase"] = phase_of(item)
    report.keywords = {}
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A quick run does not even import such a module: that is a third of what each worker has to import."""
    file = collection_path.suffix == ".py" and collection_path.is_file()
    return True if file and config.getoption("--quick") and WHOLE.search(collection_path.read_text()) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By phase; files stay on one worker (`--dist loadgroup`), as their servers are started once a module."""
    if config.getoption("--quick"):
        config.hook.pytest_deselected(items=[item for item in items if phase_of(item) != QUICK])
        items[:] = [item for item in items if phase_of(item) == QUICK]
    single = {item for item in items if item.get_closest_marker(APART) is not None}
    # What stays together first: single tests fill the time until the last of the workers is done.
    items.sort(key=lambda item: (PHASES.index(phase_of(item)), item in single))
    for item in items:
        if item not in single and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the garbage collector need not walk through them each time."""
    gc.collect()
    gc.freeze()


DEAREST = 20


class Phases:
    """One line a phase: how many tests, how long they took together, when the last of them was done; then the dearest files.

    What failed is kept in pytest's cache, also where the file of the tests could not be read.
    """

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.tests: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.ended: dict[str, float] = {}
        self.files: Counter[str] = Counter()
        self.failed: set[str] = set()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(without_group(report.nodeid))
        # A worker that died leaves a report that nobody made.
        name = getattr(report, "phase", QUICK)
        self.tests[name] += report.when == "call"
        self.seconds[name] += round(report.duration * 1000)
        self.files[report.location[0]] += round(report.duration * 1000)
        self.ended[name] = time.monotonic() - self.began

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        if (cache := getattr(config, "cache", None)) is not None:  # absent with -p no:cacheprovider
            cache.set("dicom-cdk/failed", sorted(self.failed))  # for tools/second_look.py
        for name in PHASES:
            if name in self.ended:
                terminalreporter.write_line(
                    f"phase {name}: {self.tests[name]} tests, {self.seconds[name] / 1000:.0f} s together, "
                    f"done after {self.ended[name]:.0f} s"
                )
        # One file alone has no order of cost.
        if len(self.files) > DEAREST:
            for file, spent in self.files.most_common(DEAREST):
                terminalreporter.write_line(f"dear: {spent / 1000:5.0f} s  {file}")


def without_group(nodeid: str) -> str:
    """The test as pytest takes it on its command line: xdist adds `@` and the group."""
    return nodeid[: nodeid.rfind("@")] if nodeid.rfind("@") > nodeid.rfind("]") else nodeid


def marks_of(command: Iterable[Any]) -> list[str]:
    """The marks that a test needs which starts this command; none where it only asks for a version."""
    words = [str(word) for word in command]
    if ASKING & set(words[1:]):
        return []
    # Playwright's own driver, inside its package, starts the browser.
    programs = {
        part for word in words[:2] for part in (Path(word).name, *(["playwright"] if "/playwright/" in word else []))
    }
    return [mark for mark, names in STARTS.items() if names & programs]


class Heard(subprocess.Popen[Any]):
    """Every program that a test starts. As a class in place of Python's: an audit hook is asked at each file that is opened."""

    def __init__(self, args: Any, *rest: Any, **more: Any) -> None:
        started.extend(marks_of([args] if isinstance(args, str | bytes | os.PathLike) else args))
        super().__init__(args, *rest, **more)


subprocess.Popen = Heard  # type: ignore[misc]
listens = socket.socket.listen


def listening(self: socket.socket, *backlog: int) -> None:
    """A server of the test's own process. Binding alone tells nothing: clients do, and who looks for a free port."""
    if self.family in (socket.AF_INET, socket.AF_INET6):
        started.append("server")
    listens(self, *backlog)


socket.socket.listen = listening  # type: ignore[method-assign, assignment]  # Python tells audit hooks of no `listen`


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """What a fixture starts, the first test that asks for it starts."""
    started.clear()
    yield
    refuse_unsaid(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    started.clear()
    yield
    refuse_unsaid(item)


def refuse_unsaid(item: pytest.Item) -> None:
    """Fails a test without any mark that has started what needs one."""
    if phase_of(item) != QUICK:
        return
    if started:
        wanted = ", ".join(f"@pytest.mark.{mark}" for mark in sorted(set(started)))
        pytest.fail(f"starts what a quick run leaves out; mark this test or its module: {wanted}", pytrace=False)
