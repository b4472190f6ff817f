"""One hand-off of the default site, made once a worker."""

import datetime
from pathlib import Path

import pytest

from dicom_cdk.handoff import command
from tests.conftest import ROOT

TODAY = datetime.date(2026, 11, 25)


@pytest.fixture(scope="session")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder; its archive lies beside it."""
    destination = tmp_path_factory.mktemp("handoff") / "dicom-sh"
    assert command.run(destination, [ROOT / "cdktf.out/stacks/dicom-sh"], answers=None, today=TODAY) == 0
    return destination
