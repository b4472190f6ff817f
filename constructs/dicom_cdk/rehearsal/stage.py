"""The stage of a rehearsal: a network with the site's machines, the vendor's API, bare hosts with stand-in programs.

Over 200 lines: a stage is built and taken down in one order.
"""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from dicom_cdk.rehearsal.archive.stand_in_sql import SQL
from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.cloud.vendor_api import VendorApi, vendor_api
from dicom_cdk.rehearsal.handed_objects import handed
from dicom_cdk.rehearsal.machines import certificates, database_image, engine, ldap_image, volume
from dicom_cdk.rehearsal.machines.network import Network
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres, postgres
from dicom_cdk.rehearsal.programs import SYSTEM_PATH, need
from dicom_cdk.rehearsal.site import DATABASE, Site, Step

VENDOR = "198.18.0.1"
Part = TypeVar("Part")
STEP_SECONDS = 60
"""No step may take longer here; on a host they have more."""

SYSTEMCTL = """case "$*" in
  *is-active*docker*) [ -e "$HOST_ROOT/run/docker.pid" ] && echo active ;;
  is-active*) echo active ;;
  "start docker.service") mkdir -p "$HOST_ROOT/run"; touch "$HOST_ROOT/run/docker.pid" ;;
esac"""
INSTALLER = 'echo "$@" >>"$HOST_ROOT/collector"\n'
"""Of the vendor's log collector."""
CHRONYC = "echo 'CB00710F,203.0.113.1,3,0,0.000400,0,0,0,0,0,0,0,64,Normal'"
"""Four tenths of a millisecond off."""
DOCKER = f"""[ -e "$HOST_ROOT/run/docker.pid" ] || exit 1
if [ "$1 $2" = "ps -a" ]; then
  process=$(cat "$HOST_ROOT/../container/pid" 2>/dev/null) && [ -d "/proc/$process" ] && echo "dcm4chee-1 Up 1 minute"
  exit 0
fi
{database_image.CALL}
{engine.CALL}"""


class Stage:
    """Hosts by construct path, such as directory/l; steps run on them as Cloud Assistant would start them."""

    def __init__(self, site: Site, folder: Path, network: Network, api: VendorApi, parts: ExitStack) -> None:
        self.site, self.folder, self.network, self.api, self._parts = site, folder, network, api, parts
        self.pictures = folder / "pictures"
        """Where pictures of pages are kept."""
        self.identity = "own"
        """Who lets people in: our own stand-in, or keycloak."""
        self.registry = folder / "registry"
        self.registry.mkdir()
        self.collector = folder / "collector"
        (self.collector / "linux64").mkdir(parents=True)
        (self.collector / "linux64/logtail.sh").write_text(INSTALLER)
        self.hosts = {path: self._host(path) for path in site.hosts}
        self._postgres: Postgres | None = None
        self.receiving: Any = None
        """rooms.receiving.Receiving, for a site whose images go into a shared folder first, once it is set up."""
        self.lines: list[dict[str, Any]] = []
        """What was written into the log stores, each with its `store` and `__time__`, seconds from the first."""
        self._balance()

    def _host(self, path: str) -> ScratchHost:
        """A bare machine: nothing on it but Ubuntu and stand-ins for what cannot be here."""
        machine = machine_of(path)
        self.network.add(machine, self.site.hosts[path].private_ip)
        environment = {
            **self.api.environment(),
            "DICOM_API_SECONDS": "5",
            "DICOM_PAUSE": "0.1",
            "DICOM_SETUP_SECONDS": "30",
            "DICOM_COLLECTOR_URL": f"file://{self.collector}",
            "REHEARSAL_REGISTRY": str(self.registry),
        }
        host = ScratchHost(self.folder / machine / "root", environment, self.network.on(machine))
        host.put("/etc/hostname", f"{machine}\n")
        for program in ("dpkg", "apt-get", "cloud-init"):
            host.stand_in(program)
        host.stand_in("dpkg-query", '[ -e "$HOST_ROOT/run/docker.pid" ] && printf installed')
        host.stand_in("systemctl", SYSTEMCTL)
        host.stand_in("timedatectl", 'if [ -e "$HOST_ROOT/../clock" ]; then echo no; else echo yes; fi')
        host.stand_in("chronyc", CHRONYC)
        host.stand_in("docker", DOCKER)
        if path.partition("/")[0] == "directory":
            ldap_image.make(host.root.parent / "container", host.root)
        if disk := self.disk_of(path):
            volume.attach(host, disk)
        files = host.root.parent / "image-files"
        files.mkdir()
        for number, (name, text) in enumerate(SQL.items(), 1):
            (files / f"{number}0_{name}").write_text(text)
        for image in self._images(path):
            self.has_image(image)
            if (host.root.parent / "ldap-images").exists():
                ldap_image.carry(host.root.parent / "container", image.rpartition(":")[2])
        return host

    def has_image(self, image: str) -> None:
        """The registry holds it from now on."""
        (self.registry / image.replace("/", "_")).touch()

    def disk_of(self, path: str) -> str:
        """Id of a host's data disk; empty where data is on the system disk."""
        boots = (step for step in self.site.steps if (step.host, step.entry) == (path, "boot"))
        return next((str(step.values.get("data_disk_id") or "") for step in boots), "")

    def _images(self, path: str) -> set[str]:
        """Images that the registry holds from the start: all that steps name, but the gateway's, which is built here."""
        keys = ("image", "base", "viewer", "tools_image", "sql_image")
        return {
            step.values[key]
            for step in self.site.steps
            if step.host == path
            for key in keys
            if key in step.values and not (step.room == "gateway" and key == "image")
        }

    def _balance(self) -> None:
        """The directory's balancer: its address is the primary's as long as nobody moves it."""
        self.balancer = next(
            (
                step.values["ldap_url"].removeprefix("ldap://").split(":")[0]
                for step in self.site.steps
                if "ldap_url" in step.values
            ),
            None,
        )
        if self.balancer and "directory/l" in self.hosts:
            self.network.address(machine_of("directory/l"), self.balancer)

    def database(self) -> Postgres:
        """The database, started when first asked for."""
        if self._postgres is None:
            self.network.add("database", DATABASE)
            password = self.api.secrets[self.site.secret_names["database"]]
            into = self.network.on("database")
            self._postgres = self._parts.enter_context(postgres(password, into=into, address=DATABASE, port=5432))
        return self._postgres

    def machine(self, name: str, *addresses: str) -> list[str]:
        """One more machine; returns what runs a command on it."""
        self.network.add(name, *addresses)
        return self.network.on(name)

    def enter(self, part: AbstractContextManager[Part]) -> Part:
        """A part that ends when the stage is struck."""
        return self._parts.enter_context(part)

    def until_end(self, end: Callable[[], None]) -> None:
        """`end` is called when the stage is struck."""
        self._parts.callback(end)

    def first_boot(self, path: str) -> None:
        """What cloud-init does with the host's user data: files, then the command."""
        host, payload = self.hosts[path], self.site.hosts[path].user_data
        _cloud_init(host, payload.text)

    @property
    def has_database(self) -> bool:
        return self._postgres is not None

    def run(
        self, step: Step, *, more: Mapping[str, str] | None = None, limit: float = STEP_SECONDS, **replaced: Any
    ) -> "subprocess.CompletedProcess[str]":
        """Run a step's command on its host, with `more` variables, some values (or `seconds`) replaced; no longer than `limit`
        seconds.
        """
        host = self.hosts[step.host]
        script = host.put("/assist/command.sh", step.command(**replaced), 0o700)
        return host.run("sh", str(script), more=more, limit=limit)

    def must(self, step: Step, **replaced: Any) -> str:
        """Run a step that has to end well; returns what it said."""
        try:
            done = self.run(step, **replaced)
        except subprocess.TimeoutExpired as error:
            raise Expected(f"{step.path} did not end within {error.timeout:.0f} s{self._log(step)}") from error
        said = f"{done.stdout[-800:]}{done.stderr[-1500:]}{self._log(step)}"
        expect(done.returncode == 0, f"{step.path} ended with {done.returncode}: {said}")
        return done.stdout

    def _log(self, step: Step) -> str:
        log = self.hosts[step.host].root.parent / "container" / "log"
        return f"\ncontainer: {log.read_text()[-800:]}" if log.exists() else ""

    def ldap(self, path: str, program: str, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        """ldapsearch or ldapmodify as the root DN, on the directory host `path`."""
        password = self.api.secrets[self.site.secret_names["ldap-root"]]
        base = next(step.values["base_dn"] for step in self.site.steps if "base_dn" in step.values)
        command = [
            need(program, "ldap-utils"),
            "-x",
            "-H",
            "ldap://127.0.0.1:389",
            "-D",
            f"cn=admin,{base}",
            "-w",
            password,
        ]
        return self.hosts[path].run(*command, *arguments, text=text)


def machine_of(path: str) -> str:
    """Name of the machine of a host: directory/l is l, archive/host is archive; directory of a drill is directory."""
    room, _, role = path.partition("/")
    return role if room == "directory" and role else room


def _cloud_init(host: ScratchHost, document: str) -> None:
    import base64

    import yaml

    content = yaml.safe_load(document)
    for entry in content["write_files"]:
        data = entry["content"]
        raw = base64.b64decode(data) if entry.get("encoding") == "b64" else data.encode()
        host.put(entry["path"], "").write_bytes(raw)
    for program, script in content["runcmd"]:
        done = host.run(program, f"{host.root}{script}", limit=STEP_SECONDS)
        expect(
            done.returncode == 0, f"first boot ended with {done.returncode}: {done.stdout[-800:]}{done.stderr[-1500:]}"
        )


@contextmanager
def staged(site: Site, folder: Path) -> Iterator[Stage]:
    """Set the stage in `folder`; everything that was started ends with the block."""
    for program, package in (
        ("slapd", "slapd"),
        ("ldapsearch", "ldap-utils"),
        ("psql", "postgresql-client"),
        ("curl", "curl"),
    ):
        need(program, package)
    with ExitStack() as parts:
        network = parts.enter_context(Network(f"dr{os.getpid()}x{secrets.token_hex(1)}"))
        network.add("vendor", VENDOR)
        api = parts.enter_context(vendor_api(VENDOR, lambda make: network.inside("vendor", make)))
        api.region = site.region
        for key, name in site.secret_names.items():
            api.secrets[name] = ("LT" if key == "storage-identity" else "") + secrets.token_hex(16)
            if key == "archive-certificate":
                api.secrets[name] = certificates.authority("archive").pair
        api.objects.update(handed(site))
        yield Stage(site, folder, network, api, parts)


__all__ = ["SYSTEM_PATH", "Stage", "machine_of", "staged"]
