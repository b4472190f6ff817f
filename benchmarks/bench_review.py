"""Review of two stacks of 600 resources against an offline plan of one; the report without plan and policies against synthesis."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Ratio, compare, seconds
from dicom_cdk.plan.stack import Stack
from dicom_cdk.report.content import Policies
from dicom_cdk.report.page import render
from dicom_cdk.report.planned import PlanTable

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "cdktf.out/stacks/dicom-sh"
RESOURCES = 600
ROUNDS = 7


def ratios() -> Iterator[Ratio]:
    """Both figures."""
    with tempfile.TemporaryDirectory() as scratch:
        base, head = Path(scratch) / "base", Path(scratch) / "head"
        _large(base, retention=180)
        # Two updates, a widened rule, forty other rules and an edited host step.
        _large(head, retention=365, first=40)
        stack = head / "stacks/dicom-sh"
        yield compare(
            f"review of two stacks of {RESOURCES} resources / an offline plan of one",
            lambda: seconds([sys.executable, "-m", "dicom_cdk.cli", "review", base, head], ROOT, answers=range(4)),
            lambda: seconds([sys.executable, "-m", "dicom_cdk.cli", "plan", "--stack-dir", stack], ROOT),
            limit=2.2,
            rounds=5,
        )
    stack_read = Stack.read(STACK)
    synth = statistics.median(_synth() for _ in range(ROUNDS))
    page = statistics.median(_page(stack_read) for _ in range(ROUNDS))
    yield Ratio("report without plan and policies / synthesis", page / synth, 1, f"{page:.2f} s / {synth:.2f} s")


def _synth() -> float:
    with tempfile.TemporaryDirectory() as out:
        return seconds([sys.executable, ROOT / "main.py", "--out", out], ROOT)


def _page(stack: Stack) -> float:
    start = time.perf_counter()
    render(stack, PlanTable(), Policies())
    return time.perf_counter() - start


def _large(folder: Path, *, retention: int, first: int = 0) -> None:
    document: dict[str, Any] = json.loads((STACK / "cdk.tf.json").read_text())
    resources = document["resource"]
    for store in resources["alicloud_log_store"].values():
        store["retention_period"] = retention
    rules = resources["alicloud_security_group_rule"]
    group = rules["dicomweb_from-gateway"]["security_group_id"]
    count = sum(len(named) for named in resources.values())
    for number in range(RESOURCES - count):
        rules[f"more-{number}"] = {
            "type": "ingress", "ip_protocol": "tcp", "port_range": f"{number + 1 + first}/{number + 1 + first}",
            "cidr_ip": "10.1.0.0/16", "description": f"rule {number}", "security_group_id": group,
        }  # fmt: skip
    target = folder / "stacks/dicom-sh"
    target.mkdir(parents=True)
    (target / "cdk.tf.json").write_text(json.dumps(document, indent=2))
