"""watch.sh: numbers, the receiver of audit messages, the vendor's collector under the name of its group."""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.docker_host.test_lint import shellcheck
from tests.assets.watch.conftest import give

INSTALLER = 'echo "$@" >>"$HOST_ROOT/installed"\n'
ASSETS = Path(__file__).resolve().parents[3] / "assets/watch"


@pytest.fixture
def ready(host: ScratchHost) -> ScratchHost:
    """A host that finds the vendor's installer."""
    folder = host.root.parent / "vendor/linux64"
    folder.mkdir(parents=True)
    (folder / "logtail.sh").write_text(INSTALLER)
    host.environment["DICOM_COLLECTOR_URL"] = f"file://{folder.parent}"
    return host


def run(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("watch.sh", room="watch")


def installed(host: ScratchHost) -> list[str]:
    path = host.root / "installed"
    return path.read_text().splitlines() if path.exists() else []


def test_the_collector_is_installed_once_under_the_name_of_its_group(ready: ScratchHost) -> None:
    first = run(ready)
    assert first.returncode == 0, first.stderr
    assert ready.read("/etc/ilogtail/user_defined_id") == "clinic-archive\n"
    assert installed(ready) == ["install cn-test"]
    again = run(ready)
    assert again.returncode == 0, again.stderr
    assert installed(ready) == ["install cn-test"]
    assert again.stdout.splitlines()[-1] == "this host is watched"
    assert not (ready.root / "run/dicom/collector.sh").exists()


def test_an_installer_that_failed_runs_again(ready: ScratchHost) -> None:
    script = ready.root.parent / "vendor/linux64/logtail.sh"
    script.write_text("echo no room on the disk; exit 3\n")
    done = run(ready)
    assert done.returncode == 1
    assert "watch: the collector's installer ended with 3; its own words are above" in done.stderr
    assert "no room on the disk" in done.stdout
    script.write_text(INSTALLER)
    assert run(ready).returncode == 0
    assert installed(ready) == ["install cn-test"]


def test_an_installer_with_another_digest_than_the_sites_is_never_run(ready: ScratchHost) -> None:
    give(ready, collector_sha256="0" * 64)
    done = run(ready)
    assert done.returncode == 1
    assert re.search(
        rf"has another digest than watch.collector_sha256: {hashlib.sha256(INSTALLER.encode()).hexdigest()}; look at what changed",
        done.stderr,
    )
    assert installed(ready) == []
    give(ready, collector_sha256=hashlib.sha256(INSTALLER.encode()).hexdigest())
    assert run(ready).returncode == 0
    assert installed(ready) == ["install cn-test"]


def test_without_the_installer_numbers_are_written_all_the_same_and_the_step_says_what_is_missing(
    ready: ScratchHost,
) -> None:
    (ready.root.parent / "vendor/linux64/logtail.sh").unlink()
    done = ready.script("watch.sh", room="watch", more={"DICOM_SECONDS": "1"})
    assert done.returncode == 1
    assert "still waiting for the collector's installer at file://" in done.stderr
    assert '"host": "archive"' in ready.read("/var/log/dicom/health.json")


def test_the_timer_is_started_where_systemd_runs(ready: ScratchHost) -> None:
    (ready.root / "run/systemd/system").mkdir(parents=True)
    assert run(ready).returncode == 0
    assert "systemctl enable --quiet --now dicom-numbers.timer" in ready.calls()
    assert "OnUnitActiveSec=300" in ready.read("/etc/systemd/system/dicom-numbers.timer")


def test_audit_messages_are_received_where_the_step_says_and_the_receiver_restarts_on_a_change_only(
    ready: ScratchHost,
) -> None:
    give(ready, audit_address="172.18.0.5:1514")
    done = run(ready)
    assert "audit messages are received at 172.18.0.5:1514 (UDP)" in done.stdout
    assert 'input(type="imudp" address="172.18.0.5" port="1514"' in ready.read("/etc/rsyslog.d/10-dicom-audit.conf")
    assert ready.calls().count("systemctl restart rsyslog.service") == 1
    ready.forget()
    assert run(ready).returncode == 0
    assert "systemctl restart rsyslog.service" not in ready.calls()


def test_a_host_without_audit_messages_has_no_receiver(ready: ScratchHost) -> None:
    assert run(ready).returncode == 0
    assert not (ready.root / "etc/rsyslog.d").exists()


def test_files_are_rotated_and_audit_messages_kept_as_long_as_logs(ready: ScratchHost) -> None:
    assert run(ready).returncode == 0
    text = ready.read("/etc/logrotate.d/dicom")
    assert f"{ready.root}/var/log/dicom/audit.log {{\n  daily\n  rotate 180\n" in text
    if (program := shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin")) is None:
        pytest.skip("logrotate is not installed")
    done = subprocess.run(
        [program, "--debug", "--state", str(ready.root / "state"), str(ready.root / "etc/logrotate.d/dicom")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr


MESSAGE = (
    "<85>1 2026-11-29T12:00:00.000+08:00 archive dcm4chee-arc 1 IHE+RFC-3881 - \ufeff"
    '<?xml version="1.0"?>\n<AuditMessage><EventIdentification/><ParticipantObjectIdentification ParticipantObjectID="P-1"/>'
    + "<ActiveParticipant UserID='DCM4CHEE'/>" * 400
    + "</AuditMessage>"
)


@pytest.fixture
def receiver(ready: ScratchHost) -> Iterator[int]:
    """rsyslog with the shipped settings, on a free port."""
    program = shutil.which("rsyslogd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("rsyslogd is not installed (package rsyslog)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    give(ready, audit_address=f"127.0.0.1:{port}")
    assert run(ready).returncode == 0
    given = ready.root / "etc/rsyslog.d/10-dicom-audit.conf"
    assert subprocess.run([program, "-N1", "-f", str(given)], capture_output=True).returncode == 0
    process = subprocess.Popen([program, "-n", "-i", "NONE", "-f", str(given)], stderr=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@pytest.mark.server
def test_a_message_of_an_archive_is_one_line_that_the_collectors_pattern_begins(
    ready: ScratchHost, receiver: int
) -> None:
    from dicom_cdk.service.log_sources import SOURCES, Files

    (source,) = [one.reads for one in SOURCES if one.name == "audit"]
    assert isinstance(source, Files)
    assert source.begins is not None
    log = ready.root / "var/log/dicom" / source.pattern
    deadline = time.monotonic() + 120
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        # UDP: what is sent before the receiver listens is lost.
        while not log.exists() or "</AuditMessage>" not in log.read_text():
            assert time.monotonic() < deadline, "nothing was received"
            sender.sendto(MESSAGE.encode(), ("127.0.0.1", receiver))
            time.sleep(0.05)
    lines = log.read_text().splitlines()
    assert all(re.fullmatch(source.begins, line) for line in lines)
    assert lines[0].count("<ActiveParticipant") == 400, "cut off"
    assert 'ParticipantObjectID="P-1"' in lines[0]
    assert log.stat().st_mode & 0o007 == 0, "everybody may read who looked at whom"


def test_scripts_and_units_are_clean() -> None:
    shellcheck(ASSETS / "watch.sh")
    for name in ("numbers.service", "numbers.timer"):
        assert all("=" in line or line.startswith("[") or not line for line in (ASSETS / name).read_text().splitlines())


def test_what_is_for_readers_of_the_repository_stays_there() -> None:
    names = {file.path for file in Bundle.from_assets("watch").files}
    assert names == {"audit.conf", "numbers.py", "numbers.service", "numbers.timer", "rotate.conf", "watch.sh"}
