"""The LDAP pair in scratch roots: two hosts with the shipped bundles, containers by the rehearsal's engine, a folder as bucket."""

import json
import os
import secrets
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.archive.stand_in_directory import BASE
from dicom_cdk.rehearsal.machines import engine, ldap_image
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import free_port
from dicom_cdk.rehearsal.programs import SYSTEM_PATH, need

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
        self.host.stand_in("docker", engine.CALL)
        self.host.stand_in("timedatectl", "echo yes")
        vendor = self.host.programs / "python3"
        vendor.write_text(VENDOR % SYSTEM_PATH)
        vendor.chmod(0o755)
        ldap_image.make(self.container, self.host.root)

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
