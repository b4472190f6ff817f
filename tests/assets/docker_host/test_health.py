"""dicom-health: one line a part, and an exit code that says whether all is well."""

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

PS = "dcm4chee-ldap-1 Up 3 hours (healthy)\\ndcm4chee-side-1 Up 3 hours\\n"


@pytest.fixture
def machine(host: ScratchHost) -> ScratchHost:
    host.stand_in("systemctl", "echo active")
    host.stand_in("timedatectl", "echo yes")
    host.stand_in("docker", f"case $1 in ps) printf '{PS}' ;; esac")
    host.stand_in("df", "printf 'Use%%\\n 12%%\\n'")
    host.put("/etc/systemd/system/dicom-directory.service", "")
    host.put("/etc/systemd/system/dicom-secrets.service", "")
    host.put("/etc/dicom/secrets.json", '{"ldap-root": "x", "ldap-config": "y"}')
    host.put("/run/dicom/secrets/ldap-root", "x")
    host.put("/run/dicom/secrets/ldap-config", "x")
    return host


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_all_well_is_a_line_each_and_exit_0(machine: ScratchHost) -> None:
    run = machine.script("health.sh")
    assert run.returncode == 0, run.stderr
    assert lines(run.stdout) == [
        "ok dicom-directory.service active",
        "ok dicom-secrets.service active",
        "ok docker.service active",
        "ok engine docker info",
        "ok clock synchronised: yes",
        "ok dcm4chee-ldap-1 Up 3 hours (healthy)",
        "ok dcm4chee-side-1 Up 3 hours",
        "ok secret ldap-root in memory",
        "ok secret ldap-config in memory",
        "ok disk / 12 % used",
        "ok disk /var/local/dicom 12 % used",
    ]
    assert run.stderr == ""


@pytest.mark.parametrize(
    "state", ["Up 5 seconds (unhealthy)", "Up 1 second (health: starting)", "Exited (1) 2 days ago"]
)
def test_a_container_that_is_not_well_is_bad(machine: ScratchHost, state: str) -> None:
    machine.stand_in("docker", f"case $1 in ps) echo 'dcm4chee-ldap-1 {state}' ;; esac")
    run = machine.script("health.sh")
    assert run.returncode == 1
    assert f"BAD dcm4chee-ldap-1 {state}" in lines(run.stdout)


def test_each_other_part_can_be_bad_and_the_rest_is_still_shown(machine: ScratchHost) -> None:
    machine.stand_in("systemctl", "case $* in *directory*) echo failed; exit 3 ;; *) echo active ;; esac")
    machine.stand_in("df", "printf 'Use%%\\n 95%%\\n'")
    machine.stand_in("docker", "exit 1")
    (machine.root / "run/dicom/secrets/ldap-root").unlink()
    run = machine.script("health.sh")
    assert run.returncode == 1
    bad = [line for line in lines(run.stdout) if line.startswith("BAD")]
    assert bad == [
        "BAD dicom-directory.service failed",
        "BAD engine docker info",
        "BAD secret ldap-root in memory",
        "BAD disk / 95 % used",
        "BAD disk /var/local/dicom 95 % used",
    ]


@pytest.mark.parametrize(("rests", "word"), [("inactive", "ok"), ("activating", "ok"), ("failed", "BAD")])
def test_what_a_timer_starts_may_rest_but_not_fail(rests: str, word: str, machine: ScratchHost) -> None:
    for unit in ("service", "timer"):
        machine.put(f"/etc/systemd/system/dicom-ldap-backup.{unit}", "")
    machine.stand_in("systemctl", f"case $* in *backup.service) echo {rests}; exit 3 ;; *) echo active ;; esac")
    run = machine.script("health.sh")
    assert f"{word} dicom-ldap-backup.service {rests}" in lines(run.stdout)
    assert "ok dicom-ldap-backup.timer active" in lines(run.stdout)
    assert run.returncode == (1 if word == "BAD" else 0)


def test_a_timer_that_does_not_run_is_bad(machine: ScratchHost) -> None:
    for unit in ("service", "timer"):
        machine.put(f"/etc/systemd/system/dicom-ldap-backup.{unit}", "")
    machine.stand_in("systemctl", "case $* in *backup*) echo inactive; exit 3 ;; *) echo active ;; esac")
    bad = [line for line in lines(machine.script("health.sh").stdout) if line.startswith("BAD")]
    assert bad == ["BAD dicom-ldap-backup.timer inactive"]


@pytest.mark.parametrize("answer", ["echo no", "echo 'System has not been booted with systemd' >&2; exit 1"])
def test_a_clock_that_nobody_sets_is_bad(machine: ScratchHost, answer: str) -> None:
    machine.stand_in("timedatectl", answer)
    run = machine.script("health.sh")
    assert run.returncode == 1
    assert next(line for line in lines(run.stdout) if " clock " in line).startswith("BAD clock synchronised:")
