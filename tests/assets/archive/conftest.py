"""The archive host in a scratch folder: real scripts and curl, an archive on loopback, stand-ins for engine and directory."""

import json
import secrets
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.conftest import shared

FILES = ("check.sh", "compose.yaml.j2", "compression.sh", "connections.sh", "test_data.sh", "up.sh")
SECRETS = ("ldap-root", "database", "archive-keystore", "wildfly-admin")
STUDY = "1.113654.3.13.1026"
VALUES: dict[str, Any] = {
    "image": "registry.example.com/dicom/dcm4chee-arc-psql:5.25.0",
    "tools_image": "registry.example.com/dicom/dcm4che-tools:5.25.0",
    "archive_host": "172.18.92.180",
    "ldap_url": "ldap://172.18.92.189:389",
    "base_dn": "dc=dcm4che,dc=org",
    "device_name": "dcm4chee-arc",
    "database_host": "pgm-test.pg.rds.example.com",
    "database_port": 5432,
    "database_name": "pacsdb",
    "database_user": "pacs",
    "time_zone": "Asia/Shanghai",
    "heap_percent": 60,
    "log_retention_days": 180,
    "ae_title": "DCM4CHEE",
    "storage_id": "alicloud-oss",
}
DEVICE = "dicomDeviceName=dcm4chee-arc,cn=Devices,cn=DICOM Configuration,dc=dcm4che,dc=org"

ENGINE = """
case "$*" in
  "image inspect -f"*) cat "$HOST_ROOT/image-id" ;;
  "image inspect"*) [ -e "$HOST_ROOT/images-there" ] ;;
  *" up -d --wait"*) touch "$HOST_ROOT/container" ;;
  *" ps -q arc") echo c0ffee ;;
  *" exec -T arc cat /proc/net/tcp /proc/net/tcp6") cat "$HOST_ROOT/sockets" ;;
  "inspect -f"*) cat "$HOST_ROOT/began" ;;
  run*) curl -fsS -X POST "$DICOM_ARCHIVE_URL/received" ;;
esac
"""

# Answers from $HOST_ROOT/directory.ldif, lines of entries with an empty one after each; the password must be what the memory file
# holds. In bash, as a script asks a dozen times and Python takes ten times as long to begin.
DIRECTORY = """
words=" $* "
while (($#)); do
  case $1 in
    -y) key=$2 ;;
    -D) by=$2 ;;
    -s) scope=$2 ;;
    -b) base=$2 ;;
    "(objectClass=*)") shift && asked=" $* " && break ;;
  esac
  shift
done
set -e
[[ $(<"$key") == "$(<"$HOST_ROOT/run/dicom/secrets/ldap-root")" ]]
[[ $by == cn=admin,dc=dcm4che,dc=org && $scope == base && $words == *" -x "* ]]
there=
while IFS= read -r line; do
  case $line in
    "dn: $base") there=1 && printf '%s\n' "$line" ;;
    "") if [ "$there" ]; then echo && exit; fi ;;
    *) if [[ $there && $asked == *" ${line%%:*} "* ]]; then printf '%s\n' "$line"; fi ;;
  esac
done <"$HOST_ROOT/directory.ldif"
echo "No such object (32)" >&2
exit 32
"""


@dataclass
class LoopbackArchive:
    """What an archive says over HTTP; `log` has one `METHOD path` a request."""

    url: str = ""
    status: list[str] = field(default_factory=lambda: ['{"status":"STARTED"}'])
    """Answers to ctrl/status in turn, the last one for ever; empty text = 404."""
    reloads: list[int] = field(default_factory=list)
    """Statuses of the first reloads; then 204."""
    reloaded: Callable[[], None] = field(default=lambda: None)
    """Called at each reload."""
    images: int = 0
    arrives: int = 16
    """Images that one sending brings."""
    query_status: int = 200
    log: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str) -> tuple[int, str]:
        self.log.append(f"{method} {path}")
        if path == "/dcm4chee-arc/ctrl/status":
            said = self.status.pop(0) if len(self.status) > 1 else self.status[0]
            return (200 if said else 404), said
        if (method, path) == ("POST", "/dcm4chee-arc/ctrl/reload"):
            self.reloaded()
            return (self.reloads.pop(0) if self.reloads else 204), ""
        if (method, path) == ("POST", "/received"):
            self.images += self.arrives
            return 200, ""
        if path == "/dcm4chee-arc/aets/DCM4CHEE/rs/patients":
            return self.query_status, "[]"
        if path == "/dcm4chee-arc/aets/DCM4CHEE/rs/studies":
            found = [{"0020000D": {"Value": [STUDY]}, "00201208": {"vr": "IS", "Value": [self.images]}}]
            return (200, json.dumps(found)) if self.images else (204, "")
        return 404, ""


@pytest.fixture
def archive() -> Iterator[LoopbackArchive]:
    running = LoopbackArchive()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            status, text = running.answer(self.command, urlsplit(self.path).path)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def bundles() -> list[Bundle]:
    engine = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat")
    return [engine, Bundle.from_assets("archive", {"cache": None, "tls": None}, only=FILES)]


OPENSSL = """
if [ "$1 $2 $3 $4" = "req -x509 -newkey rsa:3072" ]; then
  shift 4
  words=("$@")
  for i in "${!words[@]}"; do
    if [ "${words[i]}" = -keyout ]; then cp KEY "${words[i + 1]}"; fi
  done
  set -- req -x509 -key KEY "$@"
fi
exec OPENSSL "$@"
"""
"""openssl, but every host's key is the same one: primes take longer than all the rest of a script."""


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> str:
    program, key = shutil.which("openssl"), shared(tmp_path_factory) / "archive-key.pem"
    assert program is not None
    if not key.exists():
        new = tmp_path_factory.mktemp("archive-key") / "key.pem"
        subprocess.run([program, "genrsa", "-out", str(new), "3072"], check=True, capture_output=True)
        # Another worker may have been faster, with another one: either will do.
        new.rename(key)
    return OPENSSL.replace("OPENSSL", program).replace("KEY", str(key))


@pytest.fixture
def host(tmp_path: Path, bundles: list[Bundle], archive: LoopbackArchive, openssl: str) -> ScratchHost:
    """Everything in place: secrets, values, images, directory entries older than the container."""
    host = ScratchHost(
        tmp_path / "root", {"DICOM_ARCHIVE_URL": archive.url, "DICOM_PAUSE": "0.1", "DICOM_SECONDS": "20"}
    )
    for bundle in bundles:
        host.install(bundle)
    for name in SECRETS:
        host.put(f"/run/dicom/secrets/{name}", secrets.token_hex(16)).chmod(0o600)
    host.put("/images-there", "")
    host.put("/image-id", "sha256:one\n")
    host.put("/sockets", "")
    host.put("/began", "2026-01-02T03:04:05.678901234Z\n")
    directory(host)
    give(host)
    host.stand_in("docker", ENGINE)
    host.stand_in("ldapsearch", DIRECTORY)
    host.stand_in("openssl", openssl)
    return host


def give(host: ScratchHost, **changed: Any) -> None:
    """The room's values.json; None takes a value away."""
    values = {key: value for key, value in {**VALUES, **changed}.items() if value is not None}
    host.put("/opt/dicom/archive/values.json", json.dumps(values))


def directory(host: ScratchHost, **changed: dict[str, str] | None) -> None:
    """The directory's entries: `device`, `storage`, `title`; None takes one away."""
    holds(host, {}, **changed)


def holds(host: ScratchHost, others: dict[str, dict[str, str]], **changed: dict[str, str] | None) -> None:
    """As `directory`, with other entries by DN."""
    known: dict[str, tuple[str, dict[str, str] | None]] = {
        "device": (DEVICE, {"dicomDeviceName": "dcm4chee-arc", "modifyTimestamp": "20260101000000Z"}),
        "storage": (
            f"dcmStorageID=alicloud-oss,{DEVICE}",
            {"dcmStorageID": "alicloud-oss", "modifyTimestamp": "20260102030404Z"},
        ),
        "title": (
            f"dicomAETitle=DCM4CHEE,{DEVICE}",
            {"dcmObjectStorageID": "alicloud-oss", "modifyTimestamp": "20260101000000Z"},
        ),
    }
    there = {dn: changed.get(name, entry) for name, (dn, entry) in known.items()} | others
    lines = [
        [f"dn: {dn}", *(f"{name}: {value}" for name, value in entry.items()), ""]
        for dn, entry in there.items()
        if entry
    ]
    host.put("/directory.ldif", "".join(f"{line}\n" for line in chain.from_iterable(lines)))


UNCOUNTED = ("docker image inspect", "ldapsearch", "ldapmodify", "openssl")


def calls(host: ScratchHost) -> list[str]:
    """What was asked of the engine, without folder names."""
    asked = [call for call in host.calls() if not call.startswith(UNCOUNTED)]
    return [call.replace(str(host.root), "") for call in asked]
