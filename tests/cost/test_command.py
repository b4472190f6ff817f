"""`dicom-cdk cost`: with and without credentials, from a file, against a base."""

import json
import shutil
from pathlib import Path

import pytest

from dicom_cdk import cli
from tests.account.vendor import KEYS, Answer, Vendor, error
from tests.conftest import ROOT

pytestmark = pytest.mark.server

STACK = ROOT / "cdktf.out/stacks/dicom-sh"


def cost(*words: str | Path, stack: Path = STACK) -> int:
    return cli.main(["cost", "--stack-dir", str(stack), *map(str, words)])


def spoil(cloud: Vendor, answer: Answer) -> None:
    """Whatever asks for a price gets this."""
    asked = (
        "DescribePrice 2014-05-26",
        "DescribePrice 2014-08-15",
        "DescribeConfigurationPrice",
        "GetTemplateEstimateCost",
    )
    cloud.answers |= dict.fromkeys(asked, answer)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The default site before somebody gave the archive's host a smaller machine."""
    shutil.copytree(STACK, tmp_path / "base/stacks/dicom-sh")
    file = tmp_path / "base/stacks/dicom-sh/cdk.tf.json"
    document = json.loads(file.read_text())
    document["resource"]["alicloud_instance"]["archive_host_instance"]["instance_type"] = "ecs.g7.large"
    file.write_text(json.dumps(document))
    return tmp_path / "base"


def test_prices_are_asked_with_the_key_of_the_environment(cloud: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    assert cost() == 0
    said = capsys.readouterr().out
    assert "      CNY 803.00  archive: ECS: host ecs.g7.xlarge, 100 GB system disk, cloud_essd [PostPaid]\n" in said, (
        "1.10 × 730"
    )
    assert "CNY" in said
    assert cloud.refused == []


def test_without_a_key_there_are_quantities_and_no_price(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALIBABA_CLOUD_ACCESS_KEY_ID")
    assert cost() == 0
    said = capsys.readouterr().out
    assert "               -  archive: ECS: host ecs.g7.xlarge" in said
    assert "No prices: no AccessKey in the environment and no --prices FILE." in said
    assert "CNY" not in said
    assert cloud.asked == []


def test_a_saved_file_gives_the_same_bill_without_a_key_and_says_its_day(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "prices.json"
    assert cost("--save", file) == 0
    asked = capsys.readouterr().out
    for name in KEYS:
        monkeypatch.delenv(name)
    file.write_text(file.read_text().replace(json.loads(file.read_text())["prices"][0]["date"], "2026-11-22"))
    calls = len(cloud.asked)
    assert cost("--prices", file) == 0
    read = capsys.readouterr().out
    assert read.splitlines()[0] == "dicom-sh (prices of 2026-11-22):"
    assert read.splitlines()[1:] == [line for line in asked.splitlines()[1:] if "NotPriced" not in line], (
        "a file refuses nothing"
    )
    assert len(cloud.asked) == calls


def test_a_change_is_told_by_its_price(cloud: Vendor, capsys: pytest.CaptureFixture[str], base: Path) -> None:
    assert cost("--base", base, "--format", "markdown") == 0
    said = capsys.readouterr().out
    assert said.startswith("### Cost\n\n**dicom-sh**: CNY ")
    assert "**This change: +CNY 365.00 a month**\n" in said, "2 more vCPUs at 0.25 × 730"
    assert "(`alicloud_instance.archive_host_instance`): +CNY 365.00" in said
    assert cost("--base", base, "--format", "json") == 0
    change = json.loads(capsys.readouterr().out)["stacks"]["dicom-sh"]["change"]
    assert (change["monthly"], change["new_stack"]) == ({"CNY": "365.0"}, False)
    assert cloud.refused == []


def test_a_stack_that_the_base_has_not_is_new(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "stacks").mkdir()
    assert cost("--base", tmp_path) == 0
    assert "Change: the stack is new.\n" in capsys.readouterr().out
    assert cost("--base", STACK) == 2
    assert "no folder stacks in it; --base names a folder that synth wrote" in capsys.readouterr().err
    assert cloud.refused == []


def test_a_refused_price_is_told_with_its_reason_and_left_out(
    cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(cloud, error("Forbidden.RAM", "not for made-up-secret", 403))
    assert cost() == 69
    said = capsys.readouterr().out
    assert "  not answered: ECS ecs.g7.xlarge, system disk cloud_essd PL0 100 GB: Forbidden.RAM: " in said
    assert "made-up" not in said


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"PriceInfo": {"Price": {"TradePrice": 1}}},
        {"PriceInfo": {"Price": {"TradePrice": "free", "Currency": "CNY"}}},
    ],
)
def test_an_answer_without_a_price_and_its_currency_is_none(
    answer: dict[str, object], cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(cloud, answer)
    assert cost() == 69
    assert "DescribePrice answered no " in capsys.readouterr().out


def test_prices_that_are_answered_are_told_beside_those_that_are_not(
    cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers["DescribePrice 2014-08-15"] = error("NoPermission")
    assert cost() == 0
    said = capsys.readouterr().out
    assert "CNY 803.00  archive: " in said
    assert "               -  database: ApsaraDB RDS: " in said
    assert "not answered: RDS PostgreSQL 15.0 pg.n2.2c.2m cloud_essd3 1500 GB in cn-shanghai-l: NoPermission: " in said


def test_saving_needs_a_key(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ALIBABA_CLOUD_ACCESS_KEY_ID")
    assert cost("--save", tmp_path / "prices.json") == 69
    assert (
        "--save: ALIBABA_CLOUD_ACCESS_KEY_ID or ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" in capsys.readouterr().err
    )
    assert not (tmp_path / "prices.json").exists()
    assert cloud.asked == []


def test_a_stack_that_only_the_base_has_is_gone_where_all_are_meant(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = {"instance_type": "ecs.g7.large", "system_disk_size": 40}
    provider = {"alicloud": [{"region": "cn-shanghai"}]}
    (base / "stacks/old").mkdir()
    (base / "stacks/old/cdk.tf.json").write_text(
        json.dumps({"provider": provider, "resource": {"alicloud_instance": {"a": host}}})
    )
    (tmp_path / "cdktf.out").symlink_to(ROOT / "cdktf.out")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["cost", "--base", "base", "--format", "json"]) == 0
    change = json.loads(capsys.readouterr().out)["stacks"]["old"]["change"]
    assert [(one["how"], one["monthly"]) for one in change["moved"]] == [("gone", "-394.20")], (
        "-(2 × 0.25 + 0.04) × 730"
    )
    for form in ("text", "markdown"):
        assert cli.main(["cost", "--base", "base", "--format", form]) == 0
        said = capsys.readouterr().out
        assert "-CNY 394.20" in said
        assert "othing of it is billed." in said
        assert "No prices" not in said
    assert cost("--base", base, "--format", "json") == 0
    assert "old" not in json.loads(capsys.readouterr().out)["stacks"], "one stack is meant"
    assert cloud.refused == []
