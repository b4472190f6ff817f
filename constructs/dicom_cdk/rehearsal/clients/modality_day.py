"""The machines of a modality's day: two hospitals' devices, a sender of HL7, two archives that share images, the host's own steps.

Over 200 lines: one stage, built and used in one order; what a sender of HL7 says is `hl7_sender`'s.
"""

import hashlib
import json
import socketserver
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage, generate_uid
from pynetdicom.sop_class import StorageCommitmentPushModel  # type: ignore[attr-defined]

from dicom_cdk.rehearsal.archive import hl7 as archive_hl7
from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.clients import hl7_sender
from dicom_cdk.rehearsal.clients.dicom_objects import image
from dicom_cdk.rehearsal.clients.dimse_requests import ok, store
from dicom_cdk.rehearsal.clients.hospital_device import Device
from dicom_cdk.rehearsal.machines import certificates, java_trust
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ARCHIVES = {"node-a": "198.18.7.1", "node-b": "198.18.7.2"}
BALANCER = "198.18.7.9"
NORTH, SOUTH, RIS = "10.241.1.15", "10.242.1.4", "10.241.1.30"
STRANGER = "10.241.1.99"
TENANT = "AS_RECEIVED"
"""An AE title that every archive's device has, lent to a tenant for the day."""
HOST_WAY, HOST_WAY_TLS = 2576, 12576
"""Ports of the balancer that lead to the archive's host."""
OBJECTS = 200
KILLED_AT = 83
AGAIN_SECONDS = 120.0
CT = {
    "ae_title": "CT_NORTH",
    "hospital": "north",
    "address": NORTH,
    "port": 11115,
    "tls": False,
    "may": ["store", "worklist"],
}
PACS = {
    "ae_title": "PACS_SOUTH",
    "hospital": "south",
    "address": SOUTH,
    "port": 11116,
    "tls": True,
    "may": ["retrieve"],
}
SENDER = {"application": "RIS|NORTH", "hospital": "north", "address": RIS, "sends": ["adt", "order"], "tls": False}


class Day:
    """The machines, their devices, the archives and what they share."""

    def __init__(self, stage: Stage, listed: Step, keys: Step | None) -> None:
        self.stage, self.listed, self.keys = stage, listed, keys
        self.host = stage.hosts[listed.host]
        self.base: str = listed.values["base_dn"]
        self.devices = [CT, PACS] if keys else [CT]
        self.title = "DCM4CHEE"
        self.folder = self.host.root.parent / "modalities"
        self.shared = self.folder / "shared"
        self.shared.mkdir(parents=True)
        for name, address in {**ARCHIVES, "north": NORTH, "south": SOUTH, "ris": RIS, "stranger": STRANGER}.items():
            stage.machine(name, address)
        self.archive, self.south = certificates.authority("archive"), certificates.authority("south")
        self.sender = certificates.issued("ris", self.south)
        self.nodes: dict[str, subprocess.Popen[str]] = {}
        self.north_device = Device(stage.network, "north", NORTH, "CT_NORTH", 11115)
        self.south_device = Device(
            stage.network,
            "south",
            SOUTH,
            "PACS_SOUTH",
            11116,
            certificates.issued("pacs", self.south),
            self.archive.certificate,
        )
        for device in (self.north_device, self.south_device):
            stage.until_end(device.listen())
        self.study, series = generate_uid(), generate_uid()
        self.objects = [image("NORTH1") for _ in range(OBJECTS)]
        for one in self.objects:
            one.StudyInstanceUID, one.SeriesInstanceUID = self.study, series

    def apply(self, devices: list[Any], partners: list[Any], tenants: Sequence[Any] = (), **titles: str) -> list[str]:
        """The host's step with this list; what it said. `titles`: of the archive, that tell storing from querying."""
        networks = {"north": ["10.241.0.0/16"], "south": ["10.242.0.0/16"]}
        lists: dict[str, Any] = {
            "hospitals": networks,
            "modalities": devices,
            "hl7": partners,
            "hl7_character_set": "UNICODE UTF-8",
        }
        lists["archive"] = {"ae_title": self.title, "worklist_ae_title": self.title, **titles}
        lists["tenants"] = list(tenants)
        text = json.dumps(lists).encode()
        said = self._with_object(self.listed, "list", text)
        return said.strip().splitlines()

    def mark(self, titles: Sequence[tuple[str, bool]]) -> None:
        """AE titles of the archive as step `apply` of tenants writes them: what comes in there has their mark, and where the second
        is true nothing else is found there. The others have no marks.
        """
        device = f"dicomDeviceName={self.listed.values['device_name']},cn=Devices,cn=DICOM Configuration,{self.base}"
        text, told = "", dict(titles)
        for title in (self.title, TENANT):
            mark = [f"dcmStoreAccessControlID: {title}\n"] if title in told else []
            seen = [f"dcmAccessControlID: {title}\n"] if told.get(title) else []
            text += f"dn: dicomAETitle={title},{device}\nchangetype: modify\n"
            text += (
                f"replace: dcmStoreAccessControlID\n{''.join(mark)}-\nreplace: dcmAccessControlID\n{''.join(seen)}-\n\n"
            )
        done = self.stage.ldap("directory/l", "ldapmodify", text=text)
        expect(done.returncode == 0, f"the directory took no marks: {done.stderr}")

    def trust(self, certificates: str) -> None:
        """The host's step with these, and what the archive's container would read then."""
        assert self.keys is not None
        secret = self.stage.site.secret_names.get("archive-certificate")
        if secret is not None:
            self.stage.api.secrets[secret] = self.archive.pair
            self.host.put("/run/dicom/secrets/archive-certificate", self.archive.pair, 0o600)
        self._with_object(self.keys, "trust", certificates.encode())
        password = self.host.read("/run/dicom/secrets/archive-keystore")
        store = self.host.root / "var/local/dicom/keystore"
        (self.folder / "trust.pem").write_text(java_trust.certificates(store / "trust.jks", password))
        if secret is None:
            # The host makes one for itself when its container starts; here it is the day's.
            (self.folder / "own.pem").write_text(self.archive.pair)
            return
        command = [
            need("openssl", "openssl"),
            "pkcs12",
            "-in",
            str(store / "key.p12"),
            "-nodes",
            "-passin",
            f"pass:{password}",
        ]
        (self.folder / "own.pem").write_text(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def _with_object(self, step: Step, what: str, content: bytes) -> str:
        bucket, key = step.values.get(f"{what}_bucket", "day"), f"{what}/day"
        self.stage.api.objects[f"/{bucket}/{key}"] = content
        told = {f"{what}_bucket": bucket, f"{what}_key": key, f"{what}_sha256": hashlib.sha256(content).hexdigest()}
        return self.stage.must(step, **told)

    def begin(self, name: str) -> None:
        """An archive on its machine, once it listens; the one before it there is ended."""
        if (running := self.nodes.get(name)) is not None:
            _end(running)
        given = {
            "address": "0.0.0.0",
            "folder": str(self.shared),
            "directory": [
                self.listed.values["ldap_url"],
                self.base,
                self.listed.values["device_name"],
                str(self.host.root / "run/dicom/secrets/ldap-root"),
            ],
        }
        if self.keys is not None:
            given |= {"certificate": str(self.folder / "own.pem"), "trust": str(self.folder / "trust.pem")}
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(given))
        program = [sys.executable, "-m", "dicom_cdk.rehearsal.archive.dimse", str(file)]
        log = self.folder / f"{name}.log"
        with log.open("w") as errors:
            node = subprocess.Popen(
                [*self.stage.network.on(name), *program],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=self.folder,
            )
        self.nodes[name] = node
        self.stage.until_end(lambda: _end(node))
        assert node.stdout is not None
        said = node.stdout.readline()
        expect(said == "ready\n", f"{name} did not start: {log.read_text()[-800:]}")

    def store_all(self) -> int:
        """As a device does: what was not confirmed is sent again on a new association. Gives how many it took."""
        left, used, moved = list(self.objects), 0, False
        deadline = time.monotonic() + AGAIN_SECONDS
        while left:
            expect(time.monotonic() < deadline, f"{len(left)} objects could not be sent in {AGAIN_SECONDS:.0f} s")
            used += 1
            try:
                self.north_device.call(
                    (BALANCER, 11112), self.title, CTImageStorage, lambda association: store(association, left)
                )
            except Expected:
                time.sleep(0.1)
            if not moved and self.nodes["node-a"].poll() is not None:
                # The balancer's checks take it out.
                self.stage.network.address("node-a", BALANCER, remove=True)
                self.stage.network.address("node-b", BALANCER)
                moved = True
        return used

    def commit(self, objects: list[Dataset], kind: int) -> None:
        """Asks whether `objects` are kept; waits for the report, which is of `kind`."""
        asked, north = Dataset(), self.north_device
        asked.TransactionUID, asked.ReferencedSOPSequence = generate_uid(), []
        for one in objects:
            named = Dataset()
            named.ReferencedSOPClassUID, named.ReferencedSOPInstanceUID = one.SOPClassUID, one.SOPInstanceUID
            asked.ReferencedSOPSequence.append(named)
        model, instance = StorageCommitmentPushModel, UID("1.2.840.10008.1.20.1.1")
        before = len(north.reports)
        north.call(
            (BALANCER, 11112),
            self.title,
            model,
            lambda association: ok(association.send_n_action(asked, 1, model, instance)[0]),
        )
        until(lambda: len(north.reports) > before, "reported")
        got, told = north.reports[-1]
        expect(got == kind, f"event {got}, expected {kind}")
        expect(told.TransactionUID == asked.TransactionUID, "another transaction was reported")
        missing = len(told.get("FailedSOPSequence") or [])
        expect(missing == (1 if kind == 2 else 0), f"{missing} are told as missing")

    def way_to_host(self, machine: str, port: int, archive_port: int) -> None:
        """The balancer's `port` of HL7 that leads to the host, for whom node-b stands. `machine`: has the balancer's address."""

        def listening() -> socketserver.ThreadingTCPServer:
            server = archive_hl7.way(BALANCER, port, (ARCHIVES["node-b"], archive_port))
            # Of this network, as what it starts is.
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return server

        server = self.stage.network.inside(machine, listening)
        self.stage.until_end(server.server_close)
        self.stage.until_end(server.shutdown)

    def send(
        self,
        application: str,
        facility: str,
        kind: str,
        *,
        control: str = "NW",
        port: int = 2575,
        context: ssl.SSLContext | None = None,
    ) -> str:
        """The code that a message with a Chinese name is acknowledged by. `kind`: ADT^A04, or an order, OMI^O23 or ORM^O01.
        `control`: of an order, NW makes it, CA takes it back. `port`: of the balancer; `context`: over TLS. Raises Expected where
        the connection ends before an answer."""
        text = hl7_sender.message(application, facility, kind, control, self.study)
        return self.stage.network.inside(
            "ris", lambda: hl7_sender.acknowledged((BALANCER, port), text, context, AGAIN_SECONDS)
        )


def _end(node: "subprocess.Popen[str]") -> None:
    node.kill()
    node.wait()
    if node.stdout is not None:
        node.stdout.close()


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + AGAIN_SECONDS
    while not condition():
        expect(time.monotonic() < deadline, f"not {what} after {AGAIN_SECONDS:.0f} s")
        time.sleep(0.05)
