"""What releases of the provider side by side cost a plan: the time until it has the facts of its stack, alone and beside others."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import Ratio, compare
from dicom_cdk.offline.store import BASE
from dicom_cdk.offline.versions import difference, whole

ROOT = Path(__file__).resolve().parent.parent
STACK = ROOT / "cdktf.out/stacks/dicom-sh"
BESIDE = 12
"""A quarter of a year of weekly releases."""
ROUNDS = 15
LOAD = """\
import sys, time
from pathlib import Path
from dicom_cdk import shipped
from dicom_cdk.offline import fields
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.versions import choice
from dicom_cdk.offline.versions.store import store_of
from dicom_cdk.plan.stack import Stack
shipped._INSTALLED = Path(sys.argv[1])
stack = Stack.read(Path(sys.argv[2]))
types = {mode: {one for one in some if one.startswith("alicloud_")} for mode, some in stack.types().items()}
start = time.process_time()
release = sys.argv[3] or choice.of(stack.document).release
store = store_of(release)
Service("alicloud", store, types).get_schema({})
for name in sorted(types["managed"]):
    if found := store.find("managed", name):
        fields.build(found)
print(time.process_time() - start)
"""


def ratios() -> Iterator[Ratio]:
    """Seconds of processor time until the facts of the default site are there."""
    with tempfile.TemporaryDirectory() as scratch:
        (older,) = [one.parent for one in whole.folder().glob(f"*/{difference.FILE}")][:1]
        alone, beside = Path(scratch) / "alone", Path(scratch) / "beside"
        for folder, others in ((alone, 0), (beside, BESIDE)):
            place = folder / "provider"
            shutil.copytree(whole.folder(), place, ignore=lambda _, names: [one for one in names if one[0].isdigit()])
            for number in range(others):
                shutil.copytree(older, place / f"1.{200 + number}.0")
            shutil.copytree(older, place / older.name)
        shutil.rmtree(alone / "provider" / older.name)
        yield compare(
            f"loading the facts of the default site, {BESIDE + 1} releases beside / the base alone",
            _loading(beside, ""),
            _loading(alone, ""),
            limit=1.05,
            rounds=ROUNDS,
        )
        yield compare(
            f"loading the facts of the default site in {older.name}, a difference / in {BASE}, the base",
            _loading(beside, older.name),
            _loading(beside, ""),
            limit=1.25,
            rounds=ROUNDS,
        )


def _loading(folder: Path, release: str) -> Callable[[], float]:
    def run() -> float:
        command = [sys.executable, "-c", LOAD, str(folder), str(STACK), release]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)

    return run
