"""What every test may ask for: synthesized stacks of sites, made once a worker, and the switch that regenerates goldens."""

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from dicom_cdk import cli, node
from dicom_cdk.rehearsal.machines import servers
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.settings.loader import load_site
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.synthesized import Synthesized

# Terraform and what else is written in Go ends before its garbage is worth collecting: a tenth of its processor time. So do tests.
os.environ.setdefault("GOGC", "off")
os.environ.setdefault("GOMEMLIMIT", "1GiB")
cli.seldom_searched()
# A worker looks at every file of tests, of which some import cdktf: Node is started by us, before they do.
if "PYTEST_XDIST_WORKER" in os.environ:
    node.start()
# A busy machine is no fault of what is tested, and what a commit is asked is the same every time. Other questions by
# `--hypothesis-profile=new`.
settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None)
settings.load_profile("same")

pytest_plugins = ["tests.temporary", "tests.marks", "tests.browsing", "pytester"]

ROOT = Path(__file__).resolve().parent.parent

SMALL_SITE: dict[str, Any] = {
    "name": "clinic",
    "region": "cn-shanghai",
    "account_id": "1234567890123456",
    "alarms": {"mail": "ops@example.com"},
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate", action="store_true", help="write goldens and inventories anew instead of comparing"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        from tests import commanding

        commanding.share_warm()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test whose system program is not installed is skipped, by the name of program and package."""
    if call.excinfo is not None and isinstance(call.excinfo.value, ProgramMissing):
        try:
            pytest.skip(str(call.excinfo.value))
        except pytest.skip.Exception:
            call.excinfo = pytest.ExceptionInfo.from_current()
    return (yield)


@pytest.fixture(scope="session")
def regenerate(pytestconfig: pytest.Config) -> bool:
    return bool(pytestconfig.getoption("--regenerate"))


def shared(factory: pytest.TempPathFactory) -> Path:
    """A folder of all workers."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def synthesized_once(factory: pytest.TempPathFactory, name: str, site: SiteSettings) -> Path:
    """The folder of a site's stacks, made by the first of all workers that asks for `name`."""
    kept = shared(factory) / "stacks" / name
    if not kept.exists():
        out = factory.mktemp("synth")
        synthesize([site], out)
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Another worker may have been faster, with the same bytes.
        with contextlib.suppress(OSError):
            out.rename(kept)
    return kept / "stacks"


@pytest.fixture(scope="session", autouse=True)
def clusters_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """PostgreSQL is initialised once for all workers; every cluster begins as a copy of the first."""
    first, initialise = shared(tmp_path_factory) / "cluster", servers.initialise

    def copied(data: Path) -> None:
        if first.exists():
            subprocess.run(["cp", "-a", str(first), str(data)], check=True)
            return
        initialise(data)
        new = tmp_path_factory.mktemp("cluster") / "data"
        subprocess.run(["cp", "-a", str(data), str(new)], check=True)
        # Another worker may have been faster.
        with contextlib.suppress(OSError):
            new.rename(first)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(servers, "initialise", copied)
        yield


@pytest.fixture(scope="session")
def stack_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synthesized]:
    """The synthesized stack of a site file of the repository, such as `sites/dicom-sh.yaml`; made once for all workers."""
    made: dict[str, Synthesized] = {}

    def of(file: str) -> Synthesized:
        if file not in made:
            site = load_site(ROOT / file)
            made[file] = Synthesized.read(synthesized_once(tmp_path_factory, file, site) / site.name)
        return made[file]

    return of


@pytest.fixture(scope="session")
def default_stack(stack_of: Callable[[str], Synthesized]) -> Synthesized:
    """The default site's stack."""
    return stack_of("sites/dicom-sh.yaml")


@pytest.fixture(scope="session")
def stack_with(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Synthesized]:
    """The stack of a small valid site with some settings replaced: `stack_with(network={"egress": "none"})`.

    The same settings are synthesized once for all workers; what is read belongs to the test.
    """

    def build(stack: str = "clinic", **settings: Any) -> Synthesized:
        site = SiteSettings.model_validate({**SMALL_SITE, **settings}, strict=False)
        digest = hashlib.sha256(site.model_dump_json().encode()).hexdigest()
        return Synthesized.read(synthesized_once(tmp_path_factory, f"with/{digest}", site) / stack)

    return build
