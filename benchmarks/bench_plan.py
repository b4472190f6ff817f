"""`dicom-cdk plan` against Terraform's own work for the same stack; the provider's share of it, its start, growth and memory.

Terraform's own work is its plan with a provider that answers every question with the proposed value: no provider can be quicker.
With the real provider and an equal set of types a plan took 1.1 to 1.5 times as long as with ours: measured beside it once,
since it cannot be had everywhere.
"""

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
from benchmarks.measure import seconds as timed
from dicom_cdk import cli
from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.server import reattach, serving
from dicom_cdk.offline.service import Call, Service
from dicom_cdk.offline.store import ADDRESSES, Json, Mode, shipped_store
from dicom_cdk.offline.values import UNKNOWN, Value, encode
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform, find

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "cdktf.out/stacks/dicom-sh"
START_SECONDS, SHARE_SECONDS, MEMORY_MB = 0.15, 0.2, 120
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
    with tempfile.TemporaryDirectory() as scratch, serving(_services(stack, Proposing)) as found:
        folder = Path(scratch) / "floor"
        folder.mkdir()
        stack.write(folder)
        yield compare(
            "`dicom-cdk plan` of the default site / Terraform's own work for it",
            lambda: timed([sys.executable, "-m", "dicom_cdk.cli", "plan"], ROOT, {"PYTHONDONTWRITEBYTECODE": ""}),
            _timed(terraform, folder, {"TF_REATTACH_PROVIDERS": reattach(found)}),
            limit=1.4,
        )
    yield _share(terraform, stack)
    with tempfile.TemporaryDirectory() as scratch, serving(_services(stack, Service)) as found:
        on = {"TF_REATTACH_PROVIDERS": reattach(found)}
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


class Proposing(Service):
    """Takes every configuration, and plans what is proposed; on creation what the provider decides is unknown, as it has to be."""

    __hash__ = Service.__hash__

    def validate(self, mode: Mode, request: wire.Fields) -> bytes:
        del mode, request
        return b""

    def plan_resource_change(self, request: wire.Fields) -> bytes:
        if dynamic_value.decoded(wire.data_of(request, 2)) is not None:
            return wire.always(1, wire.data_of(request, 3)) + wire.field(5, True)
        facts = self.store.find("managed", wire.text_of(request, 1))
        assert facts is not None
        value = _decided(facts.schema["block"], dynamic_value.decoded(wire.data_of(request, 3)))
        return wire.always(1, wire.always(1, encode(value))) + wire.field(5, True)


def _decided(block: Json, proposed: Value) -> Value:
    attributes = block.get("attributes", {})
    return {
        name: UNKNOWN if part is None and attributes.get(name, {}).get("computed") else part
        for name, part in proposed.items()
    }


class Timed(Service):
    """Adds up the seconds of processor time that its answers take."""

    __hash__ = Service.__hash__
    spent = 0.0

    def calls(self) -> dict[str, Call]:
        return {name: self._timed(call) for name, call in super().calls().items()}

    def _timed(self, call: Call) -> Call:
        def answer(request: wire.Fields) -> bytes:
            start = time.thread_time()
            try:
                return call(request)
            finally:
                Timed.spent += time.thread_time() - start

        return answer


def _share(terraform: Terraform, stack: Stack) -> Ratio:
    """What the provider itself computes in one plan, from the first question on, nothing loaded before."""
    cli.seldom_searched()
    seconds = []
    for _ in range(5):
        shipped_store.cache_clear()
        Timed.spent = 0.0
        with tempfile.TemporaryDirectory() as scratch, serving(_services(stack, Timed)) as found:
            stack.write(Path(scratch))
            _timed(terraform, Path(scratch), {"TF_REATTACH_PROVIDERS": reattach(found)})()
        seconds.append(Timed.spent)
    spent = statistics.median(seconds)
    return Ratio(
        "provider's own seconds in a plan of the default site / 0.2 s", spent / SHARE_SECONDS, 1, f"{spent:.2f} s"
    )


def _services(stack: Stack, kind: type[Service]) -> list[Service]:
    """As `dicom-cdk plan` has them: the types in use."""
    types: dict[Mode, set[str]] = {"managed": stack.types()["managed"], "data": set()}
    return [kind(name, shipped_store(), types) for name in ("alicloud", "random")]


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
    # A child's ru_maxrss begins with that of whoever started it.
    code = f"""\
from pathlib import Path
from dicom_cdk.plan import command
assert command.run([Path({str(STACK)!r})], provider="offline", base=None, output=None, answers=None) == 0
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    megabytes = int(said.splitlines()[-1]) / 1024
    return Ratio("memory of a plan's provider / 120 MB", megabytes / MEMORY_MB, 1, f"{megabytes:.0f} MB")
