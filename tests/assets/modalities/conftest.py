"""The step `apply` on a host in a scratch folder and a real slapd, which is started once a module and set back after each test."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import slapd
from dicom_cdk.rehearsal.programs import need
from tests.assets.handed_list import hand_over, host_of_a_list
from tests.assets.ldap_server import Directory

CONFIGURATION = f"cn=DICOM Configuration,{BASE}"
DEVICES, REGISTRY = f"cn=Devices,{CONFIGURATION}", f"cn=Unique AE Titles Registry,{CONFIGURATION}"
Step = Callable[..., "subprocess.CompletedProcess[str]"]
CT: dict[str, Any] = {
    "ae_title": "CT_ROOM1",
    "hospital": "north",
    "may": ["query", "store"],
    "address": "10.20.1.15",
    "port": 104,
    "tls": False,
}
PACS = {
    "ae_title": "PACS_NORTH",
    "hospital": "north",
    "may": ["retrieve"],
    "address": "10.20.1.4",
    "port": 11112,
    "tls": True,
}


class Config(Directory):
    """The server's content: all entries of the DICOM configuration, with what a console would do to them."""

    def everything(self) -> dict[str, dict[str, list[str]]]:
        """DN to attributes, operational ones too that tell whether an entry was touched."""
        done = subprocess.run(
            [
                *(need("ldapsearch", "ldap-utils"), "-x", "-LLL", "-o", "ldif-wrap=no"),
                *("-H", f"ldap://127.0.0.1:{self.port}", "-D", f"cn=admin,{BASE}", "-w", self.password),
                *("-b", CONFIGURATION, "(objectClass=*)", "*", "entryCSN"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, dict[str, list[str]]] = {}
        for block in done.stdout.strip().split("\n\n"):
            values: dict[str, list[str]] = {}
            for line in block.splitlines():
                name, _, value = line.partition(":")
                text = base64.b64decode(value[1:]).decode() if value.startswith(":") else value.strip()
                values.setdefault(name, []).append(text)
            found[values.pop("dn")[0]] = {name: sorted(each) for name, each in values.items()}
        return found

    def device(self, title: str) -> dict[str, dict[str, list[str]]]:
        """The entries of a device and its AE title's registration, by what stands before the common end."""
        return {
            dn.removesuffix(f",{DEVICES}").removesuffix(f",{REGISTRY}"): values
            for dn, values in self.everything().items()
            if dn.endswith(f"dicomDeviceName={title},{DEVICES}") or dn == f"dicomAETitle={title},{REGISTRY}"
        }

    def enter(self, title: str, *, device: str | None = None, mark: str = "", host: str = "10.9.9.9") -> None:
        """What the console writes for a device; `mark`: its description."""
        own = f"dicomDeviceName={device or title},{DEVICES}"
        described = f"dicomDescription: {mark}\n" if mark else ""
        self.modify(
            f"dn: {own}\nchangetype: add\nobjectClass: dicomDevice\nobjectClass: dcmDevice\n"
            f"dicomDeviceName: {device or title}\ndicomInstalled: TRUE\n{described}\n"
            f"dn: cn=dicom,{own}\nchangetype: add\nobjectClass: dicomNetworkConnection\n"
            f"objectClass: dcmNetworkConnection\ncn: dicom\ndicomHostname: {host}\ndicomPort: 4242\n\n"
            f"dn: dicomAETitle={title},{own}\nchangetype: add\nobjectClass: dicomNetworkAE\nobjectClass: dcmNetworkAE\n"
            f"dicomAETitle: {title}\ndicomAssociationInitiator: TRUE\ndicomAssociationAcceptor: TRUE\n"
            f"dicomNetworkConnectionReference: cn=dicom,{own}\n\n"
            f"dn: dicomAETitle={title},{REGISTRY}\nchangetype: add\nobjectClass: dicomUniqueAETitle\ndicomAETitle: {title}\n"
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    config = Config(tmp_path_factory.mktemp("ldap") / "ldap")
    with slapd(config.config, config.port):
        yield config


@pytest.fixture
def directory(server: Config) -> Iterator[Config]:
    """As the image loads it at first; whatever a test adds or changes is gone after it."""
    before = server.everything()
    yield server
    after = server.everything()
    gone = sorted(set(after) - set(before), key=len, reverse=True)
    lines = [f"dn: {dn}\nchangetype: delete\n" for dn in gone]
    for dn, values in after.items():
        if dn in before and values.get("dcmValidateCallingAEHostname"):
            lines.append(f"dn: {dn}\nchangetype: modify\nreplace: dcmValidateCallingAEHostname\n-\n")
    for dn, values in after.items():
        for name in ("hl7AcceptedSendingApplication", "hl7DefaultCharacterSet", "dcmAcceptedCallingAETitle"):
            if dn in before and name in values and values[name] != before[dn].get(name):
                lines.append(f"dn: {dn}\nchangetype: modify\nreplace: {name}\n")
    if lines:
        server.modify("\n".join(lines))


@pytest.fixture
def host(tmp_path: Path, directory: Config) -> ScratchHost:
    return host_of_a_list(tmp_path / "host", directory)


@pytest.fixture
def step(host: ScratchHost, directory: Config) -> Step:
    """Apply a list: `step(CT, PACS)`, `hl7` with partners; `lists`: what else is in it; `without`: a key that it lacks."""

    def apply(
        *listed: dict[str, Any],
        more: dict[str, str] | None = None,
        hl7: list[dict[str, Any]] | None = None,
        lists: dict[str, Any] | None = None,
        without: str = "",
        **values: Any,
    ) -> Any:
        whole: dict[str, Any] = {
            "hospitals": {},
            "modalities": list(listed),
            "hl7": hl7,
            "hl7_character_set": "GB 18030-2000",
            **(lists or {}),
        }
        listed_now = {key: each for key, each in whole.items() if each is not None and key != without}
        hand_over(host, directory, listed_now, **values)
        return host.script("apply.sh", room="modalities", more={"DICOM_SECONDS": "300", **(more or {})})

    return apply


__all__ = ["DEVICE"]
