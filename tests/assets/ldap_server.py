"""A directory as the archive's first configuration leaves it, for steps that write into it."""

import base64
import secrets
import subprocess
from pathlib import Path

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, base_entry, first_configuration, schema
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import free_port
from dicom_cdk.rehearsal.programs import need


class Directory:
    """A server with the first configuration, and what is in it."""

    def __init__(self, folder: Path) -> None:
        self.password = secrets.token_hex(16)
        self.config, self.port = folder / "slapd.d", free_port()
        self.config.mkdir(parents=True)
        (folder / "data").mkdir()
        hashed = subprocess.run(
            [need("slappasswd", "slapd"), "-s", self.password], check=True, capture_output=True, text=True
        ).stdout.strip()
        configuration = f"""\
dn: cn=config
objectClass: olcGlobal
cn: config

dn: cn=module,cn=config
objectClass: olcModuleList
cn: module
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif

{schema()}
dn: olcDatabase=mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: mdb
olcSuffix: {BASE}
olcRootDN: cn=admin,{BASE}
olcRootPW: {hashed}
olcDbDirectory: {folder}/data
olcAccess: to attrs=dcmProperty by * none
olcAccess: to * by users read by * none
"""
        self._slapadd("0", configuration)
        self._slapadd("1", f"{base_entry()}\n{first_configuration()}")

    def _slapadd(self, number: str, text: str) -> None:
        command = [need("slapadd", "slapd"), "-n", number, "-F", str(self.config)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def search(self, dn: str, *attributes: str) -> dict[str, list[str]]:
        done = subprocess.run(
            [
                *(
                    need("ldapsearch", "ldap-utils"),
                    "-x",
                    "-LLL",
                    "-o",
                    "ldif-wrap=no",
                    "-H",
                    f"ldap://127.0.0.1:{self.port}",
                ),
                *(
                    "-D",
                    f"cn=admin,{BASE}",
                    "-w",
                    self.password,
                    "-s",
                    "base",
                    "-b",
                    dn,
                    "(objectClass=*)",
                    *attributes,
                ),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        found: dict[str, list[str]] = {}
        for line in done.stdout.splitlines():
            name, _, value = line.partition(":")
            if name and name != "dn":
                text = base64.b64decode(value[1:]).decode() if value.startswith(":") else value.strip()
                found.setdefault(name, []).append(text)
        return {name: sorted(values) for name, values in found.items()}

    def modify(self, text: str) -> None:
        command = [need("ldapmodify", "ldap-utils"), "-x", "-H", f"ldap://127.0.0.1:{self.port}"]
        command += ["-D", f"cn=admin,{BASE}", "-w", self.password]
        subprocess.run(command, input=text, check=True, capture_output=True, text=True)


def host_of_the_archive(folder: Path, directory: Directory, room: str) -> ScratchHost:
    """The archive's host with the bundle of `room` and what it writes into `directory` with."""
    host = ScratchHost(folder, {"DICOM_PAUSE": "0.1"})
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    host.install(Bundle.from_assets(room))
    host.put("/run/dicom/secrets/ldap-root", directory.password, mode=0o600)
    host.put("/run/dicom/secrets/storage-identity", "LT" + secrets.token_hex(10), mode=0o600)
    host.put("/run/dicom/secrets/storage-credential", secrets.token_hex(15), mode=0o600)
    return host
