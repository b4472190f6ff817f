"""Terraform's plan with the offline provider against the same number of built-in resources, its start, its growth, its memory."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Ratio, compare
from dicom_cdk.offline.server import reattach, serving
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import ADDRESSES, Mode, shipped_store
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform, find

STACK = Path(__file__).resolve().parent.parent / "cdktf.out/stacks/dicom-sh"
START_SECONDS, MEMORY_MB = 0.15, 120
REAL = (66, 3.7)
"""Resources and seconds of the real provider's plan, on a comparable machine (facts: provider 0.1)."""
START = """\
import sys
from dicom_cdk.offline.server import serving
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import shipped_store
with serving([Service("alicloud", shipped_store(), {"managed": ["alicloud_vpc"], "data": []})]) as found:
    import grpc
    one = next(iter(found.values()))
    grpc.insecure_channel("unix:" + one["Addr"]["String"]).unary_unary("/tfplugin5.Provider/GetSchema")(b"")
"""


def ratios() -> Iterator[Ratio]:
    """All figures of an offline plan."""
    terraform, stack = find(), Stack.read(STACK)
    count = sum(len(named) for named in stack.document["resource"].values())
    with tempfile.TemporaryDirectory() as scratch, serving(_services(stack)) as found:
        on = {"TF_REATTACH_PROVIDERS": reattach(found)}
        ours, floor = Path(scratch) / "ours", Path(scratch) / "floor"
        ours.mkdir()
        stack.write(ours)
        _built_in(floor, count)
        against = compare(
            f"plan of the default site / {count} built-in resources",
            _timed(terraform, ours, on),
            _timed(terraform, floor, on),
            limit=3,
        )
        yield against
        seconds = _timed(terraform, ours, on)()
        quotient = (seconds / count) / (REAL[1] / REAL[0])
        yield Ratio("seconds a resource / the real provider's", quotient, 0.1, f"1 / {1 / quotient:.0f}")
        few, many = (_vpcs(Path(scratch) / str(number), number) for number in (200, 600))
        times = [statistics.median(_timed(terraform, folder, on)() for _ in range(3)) for folder in (few, many)]
        yield Ratio(
            "seconds of 600 resources / 3 × those of 200",
            times[1] / times[0] / 3,
            1.2,
            f"{times[1]:.2f} s / {times[0]:.2f} s",
        )
    yield _start()
    yield _memory()


def _services(stack: Stack) -> list[Service]:
    """As `dicom-cdk plan` has them: the types in use."""
    types: dict[Mode, set[str]] = {"managed": stack.types()["managed"], "data": set()}
    return [Service(name, shipped_store(), types) for name in ("alicloud", "random")]


def _built_in(folder: Path, count: int) -> None:
    folder.mkdir()
    named = {f"r{number}": {"input": {"name": f"r{number}", "size": number}} for number in range(count)}
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": named}}))


def _vpcs(folder: Path, count: int) -> Path:
    folder.mkdir()
    named = {f"v{number}": {"vpc_name": f"v{number}", "cidr_block": "10.0.0.0/16"} for number in range(count)}
    document: dict[str, Any] = {
        "terraform": {"required_providers": {"alicloud": {"source": ADDRESSES["alicloud"]}}},
        "provider": {"alicloud": {"region": "cn-shanghai"}},
        "resource": {"alicloud_vpc": named},
    }
    (folder / "main.tf.json").write_text(json.dumps(document))
    return folder


def _timed(terraform: Terraform, folder: Path, on: dict[str, str]) -> Callable[[], float]:
    def run() -> float:
        start = time.perf_counter()
        done = terraform.run(folder, "plan", "-refresh=false", "-out=plan", environment=on)
        if done.code != 0:
            raise RuntimeError(done.stderr[-2000:])
        return time.perf_counter() - start

    return run


def _python(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    return time.perf_counter() - start


def _start() -> Ratio:
    """From nothing to the first schema, less the start of Python and its gRPC."""
    _python(START)
    pairs = [(_python(START), _python("import grpc")) for _ in range(7)]
    seconds = statistics.median(one - other for one, other in pairs)
    return Ratio("provider's start to its first answer / 0.15 s", seconds / START_SECONDS, 1, f"{seconds:.3f} s")


def _memory() -> Ratio:
    code = f"""\
import resource
from pathlib import Path
from dicom_cdk.plan import command
assert command.run([Path({str(STACK)!r})], provider="offline", base=None, output=None, answers=None) == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    megabytes = int(said.splitlines()[-1]) / 1024
    return Ratio("memory of a plan's provider / 120 MB", megabytes / MEMORY_MB, 1, f"{megabytes:.0f} MB")
