"""The policy gate against Checkov's command line, same folder and policies; further stacks; a thousand resources."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Ratio, compare, seconds

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "cdktf.out/stacks/dicom-sh"
JUDGED = (0, 1)
"""Exit codes of a judgement: nothing found, something found."""
OFFLINE = {"BC_SKIP_MAPPING": "true", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"}
FURTHER = """\
import json, sys, time
start = time.perf_counter()
import datetime
from pathlib import Path
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import judge
policies = catalogue.load()
def once(folder):
    judge([document.read(Path(folder))], policies, datetime.date(2026, 11, 25))
once(sys.argv[1])
first = time.perf_counter() - start
times = []
for folder in sys.argv[2:]:
    start = time.perf_counter()
    once(folder)
    times.append(time.perf_counter() - start)
print(json.dumps([first, sorted(times)[len(times) // 2]]))
"""
THOUSAND = 1000


def ratios() -> Iterator[Ratio]:
    """All figures of the gate."""
    yield compare(
        "check of the default site / Checkov's command line",
        lambda: _gate(STACK),
        lambda: _cli(STACK),
        limit=0.7,
        rounds=5,
    )
    with tempfile.TemporaryDirectory() as scratch:
        folders = [_site(Path(scratch) / f"clinic-{number}") for number in range(6)]
        done = subprocess.run(
            [sys.executable, "-c", FURTHER, *map(str, folders)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        first, further = json.loads(done.stdout)
        yield Ratio("check of a further stack / the first", further / first, 0.15, f"{further:.2f} s / {first:.2f} s")
        many = Path(scratch) / "many"
        _many(many)
        yield compare(
            f"check of {THOUSAND} resources / Checkov's command line",
            lambda: _gate(many),
            lambda: _cli(many),
            limit=1,
            rounds=3,
        )


def _gate(folder: Path) -> float:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "dicom_cdk.cli",
        "check",
        "--stack-dir",
        folder,
        "--format",
        "json",
    ]
    return seconds(command, ROOT, answers=JUDGED)


def _cli(folder: Path) -> float:
    return seconds(
        [
            Path(sys.executable).with_name("checkov"),
            *("-d", folder, "--framework", "terraform_json", "--external-checks-dir", ROOT / "policies"),
            *("--skip-download", "--quiet", "--compact", "-o", "json"),
        ],
        ROOT,
        OFFLINE,
        answers=JUDGED,
    )


def _site(folder: Path) -> Path:
    """The default site under another name: other payload bytes, the same shape."""
    folder.mkdir()
    text = (STACK / "cdk.tf.json").read_text().replace("dicom-sh", folder.name)
    (folder / "cdk.tf.json").write_text(text)
    return folder


def _many(folder: Path) -> None:
    folder.mkdir()
    rules = {
        f"r{number}": {
            "type": "ingress",
            "ip_protocol": "tcp",
            "port_range": f"{number + 1}/{number + 1}",
            "cidr_ip": "10.1.0.0/16",
            "description": f"rule {number}",
            "security_group_id": "${alicloud_security_group.g.id}",
        }
        for number in range(THOUSAND - 1)
    }
    groups = {"g": {"security_group_name": "g", "inner_access_policy": "Drop"}}
    document = {"resource": {"alicloud_security_group": groups, "alicloud_security_group_rule": rules}}
    (folder / "cdk.tf.json").write_text(json.dumps(document, indent=2))
