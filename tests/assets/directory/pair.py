"""The LDAP pair in scratch roots: two hosts with the shipped bundles, containers by container_engine.py, a folder as bucket."""

import json
import os
import secrets
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from tests.assets.dicom_directory import BASE, base_entry, first_configuration, schema
from tests.assets.real_servers import free_port, need
from tests.assets.scratch_host import SYSTEM_PATH, ScratchHost

ENGINE = Path(__file__).parent / "container_engine.py"

# The image's start script, as far as it matters: cn=config is there, so it starts the server and nothing else.
START = """\
#!/bin/sh
[ -f "$DICOM_ROOT/etc/openldap/slapd.d/cn=config.ldif" ] || exit 9
exec slapd -d none -h "$LDAP_URLS" -F "$DICOM_ROOT/etc/openldap/slapd.d"
"""
# The image's loader, in its shape: password as an argument, no look at errors.
LOADER = """\
#!/bin/sh
cd "$DICOM_ROOT/etc/openldap/data"
ldapadd -xw $LDAP_ROOTPASS -D cn=admin,${LDAP_BASE_DN} -H "$LDAP_URLS" -f init-baseDN.ldif
if [ "$SKIP_INIT_CONFIG" != "true" ]; then
  ldapadd -xw $LDAP_ROOTPASS -D cn=admin,${LDAP_BASE_DN} -H "$LDAP_URLS" -f default-config.ldif
fi
"""
VENDOR = """\
#!/bin/bash
# python3 alicloud.py oss-put|oss-get: the bucket is a folder.
case ${2:-} in
  oss-put) mkdir -p "$(dirname "$BUCKET/$4/$5")" && cp "$3" "$BUCKET/$4/$5" ;;
  oss-get) cp "$BUCKET/$3/$4" "$5" ;;
  registry-login | secrets) ;;
  *) PATH=%s exec python3 "$@" ;;
esac
"""


class Node:
    """One host of the pair."""

    def __init__(self, folder: Path, role: str, port: int, bucket: Path) -> None:
        self.role, self.port, self.url = role, port, f"ldap://127.0.0.1:{port}"
        self.host = ScratchHost(folder / role / "host", {"DICOM_PAUSE": "0.1", "BUCKET": str(bucket)})
        self.container = folder / role / "container"
        self.host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
        self.host.install(Bundle.from_assets("directory"))
        self.host.put("/listen", f"{self.url}/")
        self.host.stand_in("docker", f'exec {sys.executable} {ENGINE} "$@"')
        vendor = self.host.programs / "python3"
        vendor.write_text(VENDOR % SYSTEM_PATH)
        vendor.chmod(0o755)
        self._image()

    def _image(self) -> None:
        """What the container sees: the bundle's folder, the host's secrets, the image's own files."""
        root = self.container
        ldap = root / "etc/openldap"
        for path in (
            ldap / "schema",
            ldap / "data",
            ldap / "slapd.d",
            root / "run/openldap",
            root / "usr/lib",
            root / "opt",
        ):
            path.mkdir(parents=True)
        (root / "usr/lib/openldap").symlink_to("/usr/lib/ldap")
        (root / "opt/dicom").symlink_to(self.host.root / "opt/dicom/directory/current/container")
        (root / "run/secrets").symlink_to(self.host.root / "run/dicom/secrets")
        (root / "var/lib/openldap").mkdir(parents=True)
        (self.host.root / "var/local/dicom/ldap").mkdir(parents=True)
        (root / "var/lib/openldap/openldap-data").symlink_to(self.host.root / "var/local/dicom/ldap")
        for name in ("core", "cosine", "inetorgperson"):
            (ldap / f"schema/{name}.ldif").write_text(Path(f"/etc/ldap/schema/{name}.ldif").read_text())
        (ldap / "schema/dicom.ldif").write_text(schema())
        (ldap / "data/init-baseDN.ldif").write_text(base_entry())
        (ldap / "data/default-config.ldif").write_text(first_configuration())
        (ldap / "configure.sh").write_text(LOADER)
        (root / "docker-entrypoint.sh").write_text(START)
        (root / "docker-entrypoint.sh").chmod(0o755)

    def step(self, name: str, *arguments: str, seconds: int = 30) -> "subprocess.CompletedProcess[str]":
        return self.host.script(f"{name}.sh", *arguments, room="directory", more={"DICOM_SECONDS": str(seconds)})

    def kill(self, sign: signal.Signals = signal.SIGKILL) -> None:
        """End the server as it is."""
        with suppress(ProcessLookupError, FileNotFoundError):
            os.kill(int((self.container / "pid").read_text()), sign)

    def log(self) -> str:
        return (self.container / "log").read_text()[-2000:]


class Pair:
    """Nodes l and g with one set of passwords."""

    def __init__(self, folder: Path) -> None:
        need("slapd", "slapd")
        need("ldapmodify", "ldap-utils")
        self.bucket = folder / "bucket"
        self.bucket.mkdir(parents=True)
        ports = {"l": free_port(), "g": free_port()}
        self.nodes = {role: Node(folder, role, port, self.bucket) for role, port in ports.items()}
        self.l, self.g = self.nodes["l"], self.nodes["g"]
        self.passwords = {name: secrets.token_hex(16) for name in ("ldap-root", "ldap-config")}
        for role, node in self.nodes.items():
            other = self.nodes["g" if role == "l" else "l"]
            for name, value in self.passwords.items():
                node.host.put(f"/run/dicom/secrets/{name}", value, mode=0o600)
            values = {
                "ae_title": "DCM4CHEE",
                "backup_bucket": "clinic-ops",
                "backup_prefix": "ldap-backup/",
                "base_dn": BASE,
                "device_name": "dcm4chee-arc",
                "generation": "1",
                "image": "registry.example.com/dicom/slapd-dcm4chee:2.6.0-25.0",
                "node": role,
                "own_url": node.url,
                "peer_url": other.url,
            }
            node.host.put("/opt/dicom/directory/values.json", json.dumps(values))

    def set_up(self) -> None:
        """All steps in the order of apply."""
        for role, name in (
            ("l", "prepare"),
            ("g", "prepare"),
            ("l", "enable"),
            ("g", "enable"),
            ("l", "load"),
            ("g", "verify"),
        ):
            done = self.nodes[role].step(name)
            assert done.returncode == 0, f"{name} on {role}: {done.stdout}{done.stderr}{self.nodes[role].log()}"

    def end(self) -> None:
        for node in self.nodes.values():
            node.kill()

    def modify(self, node: Node, ldif: str) -> None:
        done = self._ldap("ldapmodify", node, text=ldif)
        assert done.returncode == 0, done.stderr

    def search(self, node: Node, dn: str = BASE, *arguments: str) -> str:
        return self._ldap("ldapsearch", node, "-LLL", "-o", "ldif-wrap=no", "-b", dn, *arguments).stdout

    def _ldap(self, program: str, node: Node, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        command = [
            need(program, "ldap-utils"),
            "-x",
            "-H",
            node.url,
            "-D",
            f"cn=admin,{BASE}",
            "-w",
            self.passwords["ldap-root"],
        ]
        return subprocess.run([*command, *arguments], input=text, capture_output=True, text=True, check=False)
