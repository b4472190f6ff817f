"""Real PostgreSQL and slapd: started in a scratch folder, ended with the block."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dicom_cdk.rehearsal.programs import need, postgres_programs


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def ended_with_the_block(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()
        process.wait()


def wait_until_open(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}: {log.read_text()[-2000:]}")


@dataclass
class Postgres:
    """A cluster with the role `pacs`, whose password `password` is, and its database `pacsdb`."""

    port: int
    folder: Path
    password: str
    programs: Path

    def sql(self, text: str, *, database: str = "pacsdb") -> list[str]:
        """Rows as the superuser sees them, over the socket."""
        done = subprocess.run(
            [
                *(str(self.programs / "psql"), "-X", "-Atq", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)),
                *("-p", str(self.port), "-U", "owner", "-d", database, "-c", text),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    def tables(self) -> list[str]:
        return self.sql("select tablename from pg_tables where schemaname = 'public' order by 1")

    def dump(self) -> bytes:
        """Everything in it, as SQL without a word that differs from dump to dump; of locked tables, nothing like another dump."""
        where = (
            "-h",
            str(self.folder),
            "-p",
            str(self.port),
            "-U",
            "owner",
            "-d",
            "pacsdb",
            "--lock-wait-timeout=1000",
        )
        done = subprocess.run([str(self.programs / "pg_dump"), *where], capture_output=True, check=False)
        if done.returncode != 0:
            return os.urandom(16)
        # Newer ones open and close it with a key made up each time.
        return b"".join(
            line
            for line in done.stdout.splitlines(keepends=True)
            if not line.startswith((b"\\restrict", b"\\unrestrict"))
        )


def _as_postgres(command: Sequence[str]) -> list[str]:
    """The server refuses to run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if os.getuid() == 0
        else [*command]
    )


def initialise(data: Path) -> None:
    """An empty cluster in the folder `data`, whose parent is the server's user's."""
    initdb = str(postgres_programs() / "initdb")
    command = [initdb, "-D", str(data), "-U", "owner", "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(_as_postgres(command), check=True, capture_output=True)


@contextmanager
def postgres(
    password: str, *, tls: bool = True, into: Sequence[str] = (), address: str = "127.0.0.1", port: int | None = None
) -> Iterator[Postgres]:
    """Start a cluster on `address`; `tls` with a certificate of its own making; `into` stands before the command."""
    programs = postgres_programs()
    server = str(programs / "postgres")
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="dicom-pg-") as scratch:
        folder = Path(scratch)
        secret = folder / "password"
        secret.write_text(password)
        if tls:
            subprocess.run(
                [
                    # One of RSA takes a hundred times as long to make, and each connection longer.
                    *(need("openssl", "openssl"), "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"),
                    *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
                    *("-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"),
                ],
                check=True,
                capture_output=True,
            )
        if os.getuid() == 0:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        data = folder / "data"
        initialise(data)
        (data / "pg_hba.conf").write_text(
            f"local all all trust\nhost{'ssl' if tls else ''} all all 0.0.0.0/0 scram-sha-256\n"
        )
        options = [
            f"-cunix_socket_directories={folder}",
            f"-clisten_addresses={address}",
            f"-cport={port}",
            "-cfsync=off",
        ]
        if tls:
            options += ["-cssl=on", f"-cssl_cert_file={folder}/certificate.pem", f"-cssl_key_file={folder}/key.pem"]
        log = folder / "log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [*into, *_as_postgres([server, "-D", str(data), *options])], stdout=sink, stderr=sink
            )
        with ended_with_the_block(process):
            started = Postgres(port, folder, password, programs)
            deadline = time.monotonic() + 20
            while True:
                try:
                    started.sql(f"create role pacs login password '{password}'", database="postgres")
                    break
                except subprocess.CalledProcessError:
                    # Not up yet.
                    assert time.monotonic() < deadline, log.read_text()[-2000:]
                    time.sleep(0.05)
            started.sql("create database pacsdb owner pacs", database="postgres")
            yield started


@dataclass
class Slapd:
    """One directory server; `uri` is its address, `process` may be ended and started anew by `slapd` on the same folder."""

    port: int
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def uri(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"


@contextmanager
def slapd(config: Path, port: int) -> Iterator[Slapd]:
    """Start a server on a configuration folder (slapd.d) that exists already."""
    server = need("slapd", "slapd")
    log = config.parent / f"slapd-{port}.log"
    with log.open("ab") as sink:
        process = subprocess.Popen(
            [server, "-d", "none", "-h", f"ldap://127.0.0.1:{port}/", "-F", str(config)], stdout=sink, stderr=sink
        )
    with ended_with_the_block(process):
        wait_until_open(port, process, log)
        yield Slapd(port, config.parent, process)
