"""Every kind of change, as the comment on a pull request tells it."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commanding import dicom_cdk
from tests.policy.mutation import mutated
from tests.policy.test_mutations import SITE

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

HERE = Path(__file__).parent
KINDS: dict[str, Any] = yaml.safe_load((HERE / "kinds.yaml").read_text())
TODAY = datetime.date(2026, 11, 25)
LOSES = {"replaced-database", "replaced-logs", "destroyed", "refused", "waiver-new", "release-up", "release-back"}


def put(folder: Path, document: dict[str, Any]) -> Path:
    target = folder / "stacks/dicom-sh"
    target.mkdir(parents=True)
    (target / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def review(
    folder: Path,
    head: dict[str, Any],
    format: str = "markdown",
    base_document: dict[str, Any] = SITE,
) -> tuple[int, str]:
    base = put(folder / "base", base_document)
    report = folder / f"report.{format}"
    done = dicom_cdk(
        "review", base, put(folder / "head", head), "--format", format, "--output", report, "--today", TODAY.isoformat()
    )
    assert not done.stderr.startswith("Traceback"), done.stderr
    return done.returncode, report.read_text()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_change_is_told_as_the_golden_says(kind: str, tmp_path: Path, regenerate: bool) -> None:
    base = mutated(SITE, KINDS[kind].get("base", {}))
    code, said = review(tmp_path, mutated(SITE, KINDS[kind]), base_document=base)
    golden = HERE / f"goldens/{kind}.md"
    if regenerate:
        golden.write_text(said)
    assert said == golden.read_text(), "if meant: pytest tests/review --regenerate"
    assert code == (3 if kind in LOSES else 0)
    assert "Tr0ub4dor" not in said
    assert "Example99" not in said


def test_every_golden_has_its_kind() -> None:
    assert {path.stem for path in (HERE / "goldens").glob("*.md")} == set(KINDS)
