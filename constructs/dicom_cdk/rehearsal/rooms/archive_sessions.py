"""The archive's sessions: one with the directory that a balancer forgets in silence, those with the database that are killed."""

import subprocess
import time

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage, machine_of

L = "directory/l"
AGAIN_SECONDS = 60.0


def forgotten(stage: Stage, host: ScratchHost, check: Step, said: list[str]) -> None:
    """First that it would hang, then that it cannot come so far: slapd's idle time-out, shortened here, is below the balancer's."""
    machine, idle = machine_of(L), stage.site.established_timeout(stage.balancer or "")
    configured = int(_configured(stage).stdout.partition("olcIdleTimeout: ")[2].split()[0])
    expect(
        0 < configured < idle, f"slapd ends idle sessions after {configured} s, the balancer forgets them after {idle}"
    )
    host.run("docker", "restart", "c0ffee")
    stage.network.forget(machine, _session(host))
    try:
        reload = ["curl", "-s", "-m", "2", "-X", "POST", "http://127.0.0.1:8080/dcm4chee-arc/ctrl/reload"]
        expect(host.run(*reload).returncode == 28, "a reload on a forgotten session came to an end")
    finally:
        stage.network.remember(machine)
    _configured(stage, seconds=1)
    try:
        host.run("docker", "restart", "c0ffee")
        port = _session(host)
        deadline = time.monotonic() + AGAIN_SECONDS
        while _session(host):
            expect(time.monotonic() < deadline, f"not ended by the directory after {AGAIN_SECONDS:.0f} s")
            time.sleep(0.05)
        stage.network.forget(machine, port)
        try:
            host.put("/run/dicom/storage.changed", "")
            said.append(f"{stage.must(check).count('waiting for the archive')} reload refused")
        finally:
            stage.network.remember(machine)
    finally:
        _configured(stage, seconds=configured)
    said.append(f"{configured} s of {idle} s")


def _configured(stage: Stage, *, seconds: int | None = None) -> "subprocess.CompletedProcess[str]":
    """The configuration of the node behind the balancer, with another idle time-out from now on where `seconds` says one."""
    password = stage.api.secrets[stage.site.secret_names["ldap-config"]]
    known = ["-x", "-H", "ldap://127.0.0.1:389", "-D", "cn=admin,cn=config", "-w", password]
    if seconds is None:
        done = stage.hosts[L].run("ldapsearch", *known, "-LLL", "-s", "base", "-b", "cn=config", "olcIdleTimeout")
    else:
        change = f"dn: cn=config\nchangetype: modify\nreplace: olcIdleTimeout\nolcIdleTimeout: {seconds}\n"
        done = stage.hosts[L].run("ldapmodify", *known, text=change)
    expect(done.returncode == 0, f"cn=config answered {done.returncode}: {done.stderr}")
    return done


def _session(host: ScratchHost) -> int:
    """The port from which the archive is connected to the directory; 0 where it is not."""
    rows = [line.split() for line in host.run("cat", "/proc/net/tcp").stdout.splitlines()[1:]]
    return next((int(row[1][-4:], 16) for row in rows if row[2].endswith(f":{389:04X}") and row[3] == "01"), 0)


def sessions_killed(stage: Stage, host: ScratchHost, check: Step, said: list[str]) -> None:
    marker = host.root.parent / "container/database-session"
    marker.touch()
    try:
        host.run("docker", "restart", "c0ffee")
        expect(_patients(host) in ("200", "204"), "patients are not found")
        killed = stage.database().sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pacs' and datname = 'pacsdb'"
        )
        expect("t" in killed, "the archive had no session")
        lost = [_patients(host) for _ in range(2)]
        expect(lost[0] == "500" and lost[1] in ("200", "204"), f"queries were answered with {lost}")
        stage.database().sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pacs'")
        stage.must(check)
        said.append(f"{len(killed)} killed, the step too went on")
    finally:
        marker.unlink()
        host.run("docker", "restart", "c0ffee")


def _patients(host: ScratchHost) -> str:
    url = "http://127.0.0.1:8080/dcm4chee-arc/aets/DCM4CHEE/rs/patients?limit=1"
    return host.run("curl", "-s", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", url).stdout
