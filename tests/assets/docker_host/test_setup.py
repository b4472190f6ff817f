"""What makes a machine a container host, run with stand-ins for the package system, systemd and the engine."""

import json
import subprocess

import pytest

from dicom_cdk.payload.host_bundle import VENDOR_MIRROR, host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

INSTALL = "-y --no-install-recommends"
PACKAGES = "ca-certificates curl docker-compose-v2 docker.io ldap-utils unattended-upgrades"
APT = "apt-get -q -o DPkg::Lock::Timeout=60 -o APT::Update::Error-Mode=any"


@pytest.fixture
def machine(host: ScratchHost) -> ScratchHost:
    """A bare machine: nothing installed, no engine; the engine runs once it is started."""
    host.stand_in("dpkg-query", '[ -e "$HOST_ROOT/installed/${@: -1}" ] && printf installed')
    host.stand_in("dpkg")
    host.stand_in(
        "apt-get",
        'case " $* " in *" install "*) mkdir -p "$HOST_ROOT/installed"; for p in "$@"; do '
        'case $p in -*|install|*=*) ;; *) touch "$HOST_ROOT/installed/$p" ;; esac; done ;; esac',
    )
    host.stand_in(
        "systemctl",
        'case "$*" in *is-active*) [ -e "$HOST_ROOT/run/docker.pid" ] ;; '
        '"start docker.service"|"restart docker.service") mkdir -p "$HOST_ROOT/run"; touch "$HOST_ROOT/run/docker.pid" ;; esac',
    )
    host.stand_in("docker", '[ -e "$HOST_ROOT/run/docker.pid" ] || { echo "no engine" >&2; exit 1; }')
    return host


def setup(host: ScratchHost, **more: str) -> subprocess.CompletedProcess[str]:
    return host.script("setup.sh", more=more)


def changes(host: ScratchHost) -> list[str]:
    """Calls that are more than a look."""
    looks = ("dpkg-query", "systemctl is-active", "systemctl enable", "docker info")
    return [call for call in host.calls() if not call.startswith(looks)]


def test_a_bare_machine_gets_packages_then_the_engine_with_our_settings(machine: ScratchHost) -> None:
    machine.stand_in("dpkg", '[ -e "$HOST_ROOT/etc/docker/daemon.json" ] || exit 9')
    run = setup(machine)
    assert run.returncode == 0, run.stderr
    assert changes(machine) == [
        "dpkg --configure -a",
        f"{APT} update",
        f"{APT} install {INSTALL} {PACKAGES}",
        "systemctl start docker.service",
    ], "settings are there before the engine is"
    daemon = json.loads(machine.read("/etc/docker/daemon.json"))
    assert daemon["bip"] == "192.168.128.1/24"
    assert daemon["live-restore"] is True
    assert machine.read("/etc/timezone") == "Asia/Shanghai\n"
    assert str((machine.root / "etc/localtime").readlink()) == "/usr/share/zoneinfo/Asia/Shanghai"
    assert 'Unattended-Upgrade "1";' in machine.read("/etc/apt/apt.conf.d/20auto-upgrades")
    assert run.stdout.endswith("container host is set up\n")


def test_a_second_run_changes_nothing(machine: ScratchHost) -> None:
    assert setup(machine).returncode == 0
    machine.forget()
    run = setup(machine)
    assert run.returncode == 0
    assert changes(machine) == []
    assert run.stdout == "container host is set up\n"


def test_only_what_is_absent_is_installed(machine: ScratchHost) -> None:
    for package in PACKAGES.split():
        machine.put(f"/installed/{package}", "")
    (machine.root / "installed/ldap-utils").unlink()
    assert setup(machine).returncode == 0
    assert f"{APT} install {INSTALL} ldap-utils" in changes(machine)


def test_a_package_mirror_that_fails_is_tried_again(machine: ScratchHost) -> None:
    apt = (machine.programs / "apt-get").read_text().split("\n", 2)[2]
    machine.stand_in(
        "apt-get", f'case "$*" in *update) [ "$(grep -c update "$HOST_CALLS")" -ge 3 ] || exit 100 ;; esac\n{apt}'
    )
    run = setup(machine)
    assert run.returncode == 0, run.stderr
    assert changes(machine).count(f"{APT} update") == 3


def test_without_a_way_to_packages_the_message_asks_for_it(machine: ScratchHost) -> None:
    machine.stand_in("apt-get", "echo 'Could not connect to mirror' >&2; exit 100")
    run = setup(machine, DICOM_SETUP_SECONDS="2", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert f"setup: still waiting for packages {PACKAGES} (is there a way to the package mirror?)" in run.stderr
    assert "last answer: Could not connect to mirror\n" in run.stderr
    assert "systemctl start docker.service" not in machine.calls()


def test_an_engine_that_does_not_answer_is_named(machine: ScratchHost) -> None:
    machine.stand_in("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    run = setup(machine, DICOM_SETUP_SECONDS="2", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert (
        "setup: still waiting for the container engine; last answer: Cannot connect to the Docker daemon" in run.stderr
    )


def test_changed_settings_restart_the_engine_even_if_the_first_try_was_killed(machine: ScratchHost) -> None:
    assert setup(machine).returncode == 0
    changed = host_bundle(taken_cidrs=["192.168.0.0/16"], time_zone="UTC", egress="nat", packages=["ldap-utils"])
    machine.install(changed)
    systemctl = (machine.programs / "systemctl").read_text().split("\n", 2)[2]
    machine.stand_in("systemctl", "kill -9 $PPID")
    assert setup(machine).returncode != 0
    machine.stand_in("systemctl", systemctl)
    machine.forget()
    assert setup(machine).returncode == 0
    assert changes(machine) == ["systemctl restart docker.service"]
    assert json.loads(machine.read("/etc/docker/daemon.json"))["bip"] == "172.31.0.1/24"
    assert machine.read("/etc/timezone") == "UTC\n"
    machine.forget()
    assert setup(machine).returncode == 0
    assert changes(machine) == []


SOURCES = {
    "/etc/apt/sources.list": "deb http://somewhere.example.com/ubuntu jammy main universe\n"
    "deb https://elsewhere.example.com/ubuntu/ jammy-security main\n",
    "/etc/apt/sources.list.d/ubuntu.sources": "Types: deb\nURIs: http://cn.example.com/ubuntu/\nSuites: noble\n",
    "/etc/apt/sources.list.d/other.list": "deb https://other.example.com/apt stable main\n",
}


def test_without_egress_ubuntu_packages_come_from_the_vendors_mirror(machine: ScratchHost) -> None:
    machine.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="UTC", egress="none"))
    for path, text in SOURCES.items():
        machine.put(path, text)
    assert setup(machine).returncode == 0
    once = {path: machine.read(path) for path in SOURCES}
    assert once == {
        "/etc/apt/sources.list": f"deb {VENDOR_MIRROR}/ jammy main universe\ndeb {VENDOR_MIRROR}/ jammy-security main\n",
        "/etc/apt/sources.list.d/ubuntu.sources": f"Types: deb\nURIs: {VENDOR_MIRROR}/\nSuites: noble\n",
        "/etc/apt/sources.list.d/other.list": SOURCES["/etc/apt/sources.list.d/other.list"],
    }
    assert setup(machine).returncode == 0
    assert {path: machine.read(path) for path in SOURCES} == once


def test_with_egress_package_sources_stay_as_the_image_has_them(machine: ScratchHost) -> None:
    for path, text in SOURCES.items():
        machine.put(path, text)
    assert setup(machine).returncode == 0
    assert {path: machine.read(path) for path in SOURCES} == SOURCES
