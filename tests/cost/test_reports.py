"""The texts of a bill of a stack that is kept beside them, whole, and of a change of it."""

import datetime
import json
import shutil
from pathlib import Path

import pytest

from dicom_cdk.cost import command
from dicom_cdk.cost.command import Wish
from tests.account.vendor import Vendor
from tests.conftest import ROOT

pytestmark = pytest.mark.server

STACK = ROOT / "tests/account/clinic"
GOLDENS = ROOT / "tests/cost/goldens"
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The stack with a smaller archive, a disk that is gone now, and without its NAT gateway."""
    shutil.copytree(STACK, tmp_path / "base/stacks/clinic")
    file = tmp_path / "base/stacks/clinic/cdk.tf.json"
    document = json.loads(file.read_text())
    document["resource"]["alicloud_instance"]["archive_host_instance"]["instance_type"] = "ecs.g7.large"
    document["resource"]["alicloud_ecs_disk"] = {
        "old": {"category": "cloud_essd", "size": 200, "performance_level": "PL1"}
    }
    del document["resource"]["alicloud_nat_gateway"]
    file.write_text(json.dumps(document))
    return tmp_path / "base"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_text_is_the_golden_one(
    form: str, cloud: Vendor, base: Path, regenerate: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run([STACK], Wish(base=base, format=form), today=TODAY) == 0
    said = capsys.readouterr().out
    golden = GOLDENS / f"change.{'md' if form == 'markdown' else 'txt'}"
    if regenerate:
        golden.write_text(said)
    assert said == golden.read_text(), "run: pytest tests/cost/test_reports.py --regenerate, and read the difference"
    assert cloud.refused == []


def test_json_says_exactly_what_the_lines_add_up_to(cloud: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    from decimal import Decimal

    assert command.run([STACK], Wish(format="json"), today=TODAY) == 0
    stack = json.loads(capsys.readouterr().out)["stacks"]["clinic"]
    monthly = [Decimal(line["monthly"]) for line in stack["lines"] if line["monthly"] is not None]
    assert Decimal(stack["monthly"]["CNY"]) == sum(monthly)
    assert Decimal(stack["hourly"]["CNY"]) * 730 + 100 == sum(monthly), (
        "the registry is by the month, all else by the hour"
    )
    assert sum(Decimal(room["monthly"]) for room in stack["rooms"]) == sum(monthly)
    assert cloud.refused == []
