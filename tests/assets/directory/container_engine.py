"""The program `docker` of the LDAP hosts in tests: runs the room's own container scripts in a scratch root, with the real slapd.

Stands for engine and image: what slapd-dcm4chee brings (start script, loader, schema folder) is made by pair.py. Calls it
knows are those of the directory's steps; any other is an error. Used as: python3 container_engine.py ARGUMENTS, with HOST_ROOT set.
"""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(os.environ["HOST_ROOT"])
CONTAINER = ROOT.parent / "container"
PID, STARTED_WITH = CONTAINER / "pid", CONTAINER / "started-with"


def main(arguments: list[str]) -> int:
    if arguments[0] in ("image", "login", "info"):
        return 0
    if arguments[0] != "compose":
        raise SystemExit(f"stand-in for docker: unknown call {' '.join(arguments)}")
    rest = arguments[1:]
    settings: dict[str, str] = {}
    while rest[0].startswith("-"):
        if rest[0] == "--env-file":
            settings = dict(line.split("=", 1) for line in Path(rest[1]).read_text().splitlines())
        rest = rest[2:]
    variables = environment(settings)
    match rest:
        case ["up", "-d", *_]:
            return up(variables)
        case ["stop", *_]:
            return stop()
        case ["exec", "-T", "ldap", shell, script]:
            assert shell == "sh"
            return subprocess.run([*SHELL, str(CONTAINER) + script], env=variables, check=False).returncode
        case ["run", "--rm", "-T", "--entrypoint", "/bin/sh", "ldap", script]:
            return subprocess.run([*SHELL, str(CONTAINER) + script], env=variables, check=False).returncode
    raise SystemExit(f"stand-in for docker compose: unknown call {' '.join(rest)}")


# The image's shell, where it is installed.
SHELL = ["busybox", "sh"] if shutil.which("busybox") else ["sh"]


def environment(settings: dict[str, str]) -> dict[str, str]:
    """What compose.yaml gives the container, and what the image itself sets."""
    return {
        "PATH": os.environ["PATH"],
        "DICOM_ROOT": str(CONTAINER),
        "LDAP_URLS": (ROOT / "listen").read_text().strip(),
        "LDAP_INIT_SCHEMA": "dicom.ldif",
        "LDAP_BASE_DN": settings["BASE_DN"],
        "LDAP_ORGANISATION": settings["ORGANISATION"],
        "ARCHIVE_DEVICE_NAME": settings["DEVICE_NAME"],
        "AE_TITLE": settings["AE_TITLE"],
        "SERVER_ID": settings["SERVER_ID"],
        "PEER_ID": settings["PEER_ID"],
        "PEER_URL": settings["PEER_URL"],
        "LDAP_USER_ID": str(os.getuid()),
        "LDAP_GROUP_ID": str(os.getgid()),
        "GENERATION": settings["GENERATION"],
    }


def up(variables: dict[str, str]) -> int:
    """As compose: nothing to do for a container that runs with the same settings and files, else a new one."""
    files = b"".join(path.read_bytes() for path in sorted((CONTAINER / "opt/dicom").rglob("*")) if path.is_file())
    wanted = hashlib.sha256(repr(sorted(variables.items())).encode() + files).hexdigest()
    if running() and STARTED_WITH.read_text() == wanted:
        return 0
    stop()
    log = (CONTAINER / "log").open("ab")
    process = subprocess.Popen(
        [*SHELL, str(CONTAINER / "opt/dicom/entrypoint.sh"), "slapd"],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    PID.write_text(str(process.pid))
    STARTED_WITH.write_text(wanted)
    port = int(variables["LDAP_URLS"].rstrip("/").rpartition(":")[2])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return 0
        time.sleep(0.05)
    print(f"container is unhealthy: {(CONTAINER / 'log').read_text()[-1500:]}", file=sys.stderr)
    return 1


def running() -> bool:
    if not PID.exists():
        return False
    status = Path(f"/proc/{PID.read_text()}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def stop() -> int:
    if running():
        with suppress(ProcessLookupError):
            os.kill(int(PID.read_text()), signal.SIGTERM)
        deadline = time.monotonic() + 10
        while running() and time.monotonic() < deadline:
            time.sleep(0.02)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
