"""Synthesis against its floor, against itself with more sites, and the answers that must not start Node."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks import floor
from benchmarks.measure import Ratio, compare, seconds
from dicom_cdk import node

ROOT = Path(__file__).resolve().parent.parent
SITE = """\
name: {name}
region: cn-shanghai
account_id: "1234567890123456"
gateway: {{domain: {name}.example.com}}
alarms: {{mail: ops@example.com}}
"""


def ratios() -> Iterator[Ratio]:
    """One ratio a figure of the synthesis."""
    node.choose()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        yield from _against_floor(folder)
        yield from _more_sites(folder)
        yield from _quick_answers(folder)


def _against_floor(folder: Path) -> Iterator[Ratio]:
    (folder / "out").mkdir()
    program = floor.write(ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json", folder)
    yield compare(
        "`python main.py` / same resources from literals",
        lambda: seconds([sys.executable, "main.py", "--out", folder / "ours"], ROOT),
        lambda: seconds([sys.executable, program], folder),
        limit=1.5,
    )


def _more_sites(folder: Path) -> Iterator[Ratio]:
    for count in (1, 25, 50, 100):
        many = folder / f"sites-{count}"
        many.mkdir()
        for number in range(count):
            (many / f"s{number}.yaml").write_text(SITE.format(name=f"site-{number}"))
    cost = {count: _run(folder, count) for count in (1, 25, 50, 100)}
    each = {count: (cost[count][0] - cost[1][0]) / (count - 1) for count in (25, 100)}
    yield Ratio(
        "seconds a further site, 100 sites / 25 sites",
        each[100] / each[25],
        1.2,
        f"{each[100]:.3f} s / {each[25]:.3f} s",
    )
    yield Ratio(
        "peak memory (Python and Node), 100 sites / 50 sites",
        cost[100][1] / cost[50][1],
        1.2,
        f"{cost[100][1]:.0f} MB / {cost[50][1]:.0f} MB",
    )


def _run(folder: Path, count: int) -> tuple[float, float]:
    """Wall seconds, and the peak memory in MB of the largest process, measured from a parent of its own."""
    program = (
        "import resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    synth = [sys.executable, "-m", "dicom_cdk", "synth", "--site", f"sites-{count}", "--out", f"out-{count}"]
    done = subprocess.run(
        [sys.executable, "-c", program, *synth], cwd=folder, check=True, capture_output=True, text=True
    )
    wall, peak = done.stdout.split()
    return float(wall), float(peak)


def _quick_answers(folder: Path) -> Iterator[Ratio]:
    (folder / "bad.yaml").write_text("name: 1\nnonsense: 2\n")
    peer = [sys.executable, "-c", "import pydantic, yaml"]
    for name, command, code in (
        ("`dicom-cdk --help` / `import pydantic, yaml`", ["--help"], 0),
        ("settings errors / `import pydantic, yaml`", ["synth", "--site", "bad.yaml"], 2),
    ):
        ours = partial(seconds, [sys.executable, "-m", "dicom_cdk", *command], folder, answers=(code,))
        yield compare(name, ours, partial(seconds, peer, folder), limit=0.8, rounds=11)
