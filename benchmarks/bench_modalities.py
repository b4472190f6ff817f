"""A list of 500 modalities: what it adds to a synthesis, and the step that enters it in a real directory."""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Ratio, seconds
from dicom_cdk.rehearsal.machines.servers import slapd
from tests.assets.handed_list import hand_over, host_of_a_list
from tests.assets.ldap_server import Directory

MODALITIES, ROUNDS = 500, 3
MOST_MORE_SECONDS, MOST_STEP_SECONDS = 1.0, 60.0
SITE = """\
name: clinic
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
hospitals: [{name: north, cidrs: [10.20.0.0/16]}]
"""
LISTED = [
    {
        "ae_title": f"DEV{number:03}",
        "hospital": "north",
        "address": f"10.20.{number // 250}.{number % 250 + 1}",
        "port": 104,
        "tls": False,
        "reason": "its software knows no TLS",
        "may": ["query", "store"],
    }
    for number in range(MODALITIES)
]


def ratios() -> Iterator[Ratio]:
    """Both figures against what they may take."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        yield _synthesis(folder)
        took = _step(folder)
        yield Ratio(
            f"directory step of {MODALITIES} modalities / {MOST_STEP_SECONDS:.0f} s",
            took / MOST_STEP_SECONDS,
            1.0,
            f"{took:.1f} s",
        )


def _synthesis(folder: Path) -> Ratio:
    took: dict[int, list[float]] = {0: [], MODALITIES: []}
    for count in took:
        (folder / f"{count}.yaml").write_text(f"{SITE}modalities: {json.dumps(LISTED[:count])}\n")
    for _ in range(ROUNDS):
        for count, times in took.items():
            synth = [sys.executable, "-m", "dicom_cdk", "synth", "--site", f"{count}.yaml", "--out", f"out-{count}"]
            before = _used()
            seconds(synth, folder)
            times.append(_used() - before)
    none, all_of_them = (statistics.median(took[count]) for count in (0, MODALITIES))
    more = all_of_them - none
    name = f"processor seconds that {MODALITIES} modalities add to a synthesis / {MOST_MORE_SECONDS:.0f} s"
    return Ratio(name, more / MOST_MORE_SECONDS, 1.0, f"{all_of_them:.2f} s, {none:.2f} s without")


def _used() -> float:
    """Processor seconds of all ended children: what else the machine does adds seconds to a wall clock, and hardly any to these."""
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times.ru_utime + times.ru_stime


def _step(folder: Path) -> float:
    """Seconds for the first application of the whole list."""
    directory = Directory(folder / "ldap")
    with slapd(directory.config, directory.port):
        host = host_of_a_list(folder / "host", directory)
        hand_over(host, directory, {"hospitals": {}, "modalities": LISTED})
        start = time.perf_counter()
        done: subprocess.CompletedProcess[str] = host.script(
            "apply.sh", room="modalities", more={"DICOM_SECONDS": "300"}
        )
        took = time.perf_counter() - start
    if done.returncode or f"listed: {MODALITIES} modalities" not in done.stdout:
        raise RuntimeError(f"the step ended with {done.returncode}: {done.stderr[-500:]}")
    return took
