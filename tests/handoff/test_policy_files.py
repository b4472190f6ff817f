"""The policies in the hand-off: complete for plain Checkov, which needs nothing else of ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.policy.mutation import mutated
from tests.policy.test_mutations import MUTATIONS, SITE

pytestmark = pytest.mark.terraform


def checkov(folder: Path) -> "subprocess.CompletedProcess[str]":
    """In another working folder and without our package on the path."""
    return subprocess.run(
        [
            *(sys.executable, "-c", "import sys; sys.modules.pop('dicom_cdk', None); "
              "sys.meta_path[:] = [one for one in sys.meta_path if 'editable' not in repr(one).lower()]; "
              "sys.path[:] = [one for one in sys.path if not one.rstrip('/').endswith('/constructs')]; "
              "from checkov.main import Checkov; raise SystemExit(Checkov(sys.argv[1:]).run())"),
            *("--config-file", "checkov.yaml", "--directory", "terraform", "--skip-download", "--quiet", "-o", "json"),
        ],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "BC_SKIP_MAPPING": "true", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"},
        capture_output=True,
        text=True,
    )  # fmt: skip


def test_only_what_the_policies_need_of_the_package_is_with_them(handed: Path) -> None:
    package = handed / "policies/dicom_cdk"
    assert {path.relative_to(package).parts[0] for path in package.rglob("*.py")} == {
        "__init__.py", "payload", "plan", "policy", "shipped.py",
    }  # fmt: skip
    assert len(list(package.rglob("*.py"))) < 20


def test_plain_checkov_passes_the_hand_off_and_judges_much(handed: Path) -> None:
    done = checkov(handed)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["summary"]["failed"] == 0
    assert said["summary"]["passed"] > 300
    assert said["summary"]["parsing_errors"] == 0


def test_plain_checkov_finds_what_is_broken_in_it_inside_payloads_too(handed: Path, tmp_path: Path) -> None:
    subprocess.run(["cp", "-r", f"{handed}/.", str(tmp_path)], check=True)
    broken = mutated(mutated(SITE, MUTATIONS["CKV2_DICOM_100"]), MUTATIONS["CKV2_DICOM_10"])
    (tmp_path / "terraform/dicom-sh/cdk.tf.json").write_text(json.dumps(broken))
    done = checkov(tmp_path)
    assert done.returncode == 1, done.stderr
    assert {"CKV2_DICOM_10", "CKV2_DICOM_100"} <= {
        one["check_id"] for one in json.loads(done.stdout)["results"]["failed_checks"]
    }
