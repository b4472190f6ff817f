"""One life of the archive's container, from its start until `docker` of the rehearsed host ends it.

As the image does (facts: images, archive 1.2): it waits for its neighbours, copies programs and configuration into its volume,
deploys once the directory answers and holds no word of a later release, keeps one connection to it, and says all that in
`log/server.log` in the zone of TZ.
"""

import json
import os
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from dicom_cdk.rehearsal.archive import images as archive_images
from dicom_cdk.rehearsal.archive.container import environment, service, time_zone
from dicom_cdk.rehearsal.archive.database_session import DatabaseSession
from dicom_cdk.rehearsal.archive.entries import asked
from dicom_cdk.rehearsal.archive.stand_in_releases import unread

PORTS = (11112, 2762, 2575, 12575)
WILDFLY = {"5.25.0": 25}
"""Release → WildFly of its image, where it is not 24."""
COPIES_ONCE = ("5.25.0", "5.25.1")
BIND = bytes.fromhex("300c020101600702010304008000")
"""An LDAP bind without a name: whoever serves answers it."""
LDAP_SECONDS = 2.0
"""While it is deployed; the real one waits for ever, as this one does afterwards."""


class Archive:
    """One life of the container."""

    def __init__(self) -> None:
        self.given = environment()
        self.state, self.volume = Path(os.environ["STATE"]), Path(os.environ["VOLUME"])
        self.tag = self.given["IMAGE"].rpartition(":")[2]
        self.zone = time_zone(self.given, service(), self.volume.parents[3])
        self.deployed = False
        self.images: archive_images.Images | None = None
        """Where the shared folder is mounted."""
        self.session: DatabaseSession | None = None
        if (self.state / "database-session").exists():
            secret = self.volume.parents[3] / "run/dicom/secrets/database"
            self.session = DatabaseSession(self.given, secret)
        self._ldap: socket.socket | None = None
        self._lock = threading.Lock()
        self._ports: dict[int, socket.socket] = {}

    def start(self) -> None:
        """Everything before the first request. Ends the process where WildFly would."""
        self.images = archive_images.mounted(service(), self.volume.parents[3], self.state, self.given)
        for neighbour in self.given.get("WILDFLY_WAIT_FOR", "").split():
            host, _, number = neighbour.rpartition(":")
            while not _reached(host, int(number)):
                time.sleep(0.1)
        self._copy()
        made_for = (self.volume / "configuration/dcm4chee-arc.xml").read_text()
        if int(made_for) > WILDFLY.get(self.tag, 24):
            sys.exit("WFLYCTL0198: Unexpected element '{urn:jboss:domain:18.0}server'")
        for program in sorted(self.volume.glob("deployments/*.ear")):
            answers = self._asked()
            unread = self._unread() if answers else []
            self.deployed = answers and not unread
            why = "".join(f": IllegalArgumentException: {word}" for word in unread[:1])
            self.say(
                f"WFLYSRV0010: Deployed {program.name}" if self.deployed else f"WFLYCTL0013: {program.name} failed{why}"
            )
            if self.deployed and self._ldap is not None:
                self._ldap.settimeout(None)
            if not self.deployed:
                program.with_name(f"{program.name}.failed").touch()
        for port in PORTS if self.deployed else ():
            self._listen(port)
        if self.images and self.deployed:
            self.images.begin()

    def say(self, text: str) -> None:
        log = self.volume / "log/server.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as file:
            file.write(f"{datetime.now(self.zone).strftime('%Y-%m-%d %H:%M:%S,%f%z')} {text}\n")

    def reload(self) -> int:
        """Status of the answer: a lost connection costs one request, a port that could not be bound stays closed."""
        with self._lock:
            if not self.deployed or not self._asked() or self._unread():
                return 500
            fault = self.state / "bind-fails"
            if fault.exists():
                fault.unlink()
                if taken := self._ports.pop(2762, None):
                    taken.close()
                return 500
            for port in PORTS:
                self._listen(port)
            try:
                if self.images:
                    self.images.configure()
            except OSError:
                return 500
            return 204

    def received(self) -> int:
        received = self.state / "received"
        return int(received.read_text()) if received.exists() else 0

    def waiting(self, status: str) -> int:
        """Tasks of that status: its images', unless a rehearsal says otherwise: a number, or some, one after the other."""
        queues = self.state / "queues"
        if not queues.exists():
            return self.images.tasks(status) if self.images else 0
        said = json.loads(queues.read_text())
        count = said.get(status, 0)
        if isinstance(count, list):
            queues.write_text(json.dumps(said | {status: count[1:] if len(count) > 1 else count}))
            count = count[0]
        return int(count)

    def _copy(self) -> None:
        here = {
            "configuration/dcm4chee-arc.xml": str(WILDFLY.get(self.tag, 24)),
            f"deployments/dcm4chee-arc-ear-{self.tag}-psql.ear": self.tag,
        }
        for path, text in here.items():
            file = self.volume / path
            if self.tag in COPIES_ONCE and file.parent.exists():
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".ear":
                for other in file.parent.glob("*.ear*"):
                    other.unlink()
            if not file.exists():
                file.write_text(text)

    def _asked(self) -> bool:
        """Whether the directory answered on the connection there is; a dead one is replaced for the next time."""
        if self._ldap is None:
            self._connect()
        try:
            assert self._ldap is not None
            self._ldap.sendall(BIND)
            if self._ldap.recv(64)[:1] == b"\x30":
                return True
        except (OSError, AssertionError):
            pass
        self._connect()
        return False

    def _unread(self) -> list[str]:
        """Words of the directory's data that this release does not have."""
        secret = self.volume.parents[3] / "run/dicom/secrets/ldap-root"
        below = f"dicomDeviceName={self.given['ARCHIVE_DEVICE_NAME']},cn=Devices,cn=DICOM Configuration"
        try:
            return unread(asked(self.given["LDAP_URL"], self.given["LDAP_BASE_DN"], str(secret), below), self.tag)
        except OSError:
            # No such device, or another password: nothing that it could stumble over.
            return []

    def _connect(self) -> None:
        if self._ldap is not None:
            self._ldap.close()
        where = urlsplit(self.given["LDAP_URL"])
        self._ldap = None
        with suppress(OSError):
            self._ldap = socket.create_connection((where.hostname or "", where.port or 389), LDAP_SECONDS)

    def _listen(self, port: int) -> None:
        if port not in self._ports:
            self._ports[port] = socket.create_server(("0.0.0.0", port))


def _reached(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 1).close()
    except OSError:
        return False
    return True
