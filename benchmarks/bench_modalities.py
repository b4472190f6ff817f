"""A list of 500 modalities: what it adds to a synthesis, and the step that enters it in a real directory."""

import hashlib
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
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.scratch_host import ScratchHost
from dicom_cdk.rehearsal.servers import slapd
from dicom_cdk.rehearsal.stand_in_directory import BASE
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
        host = ScratchHost(folder / "host", {"DICOM_PAUSE": "0.1", "DICOM_ARCHIVE_URL": "http://127.0.0.1:1"})
        host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
        host.install(Bundle.from_assets("modalities"))
        host.put("/run/dicom/secrets/ldap-root", directory.password, mode=0o600)
        real = need("python3", "python3")
        host.stand_in(
            "python3", f'case "$*" in *oss-get*) cp "$HOST_ROOT/object" "${{@: -1}}" ;; *) exec {real} "$@" ;; esac'
        )
        text = json.dumps({"hospitals": {}, "modalities": LISTED})
        host.put("/object", text)
        values = {
            "base_dn": BASE,
            "device_name": "dcm4chee-arc",
            "ldap_url": f"ldap://127.0.0.1:{directory.port}",
            "list_bucket": "clinic-ops",
            "list_key": "modalities/list.json",
            "list_sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        host.put("/opt/dicom/modalities/values.json", json.dumps(values))
        start = time.perf_counter()
        done: subprocess.CompletedProcess[str] = host.script(
            "apply.sh", room="modalities", more={"DICOM_SECONDS": "300"}
        )
        took = time.perf_counter() - start
    if done.returncode or f"listed: {MODALITIES} modalities" not in done.stdout:
        raise RuntimeError(f"the step ended with {done.returncode}: {done.stderr[-500:]}")
    return took
