"""The program `docker` of a rehearsed host: registry, images and containers as folders and processes.

Stands for the container engine and for what is inside the images. The LDAP container runs the room's own scripts with the real
slapd; the archive's is archive/stand_in.py; the image with the SQL is a folder. Calls that the shipped scripts do not make are
errors. Run by CALL, with HOST_ROOT, and REHEARSAL_REGISTRY, the folder of images that the registry holds.

Over 200 lines: a program of its own; its images stand beside it.
"""

# Scripts call it dozens of times: what only some calls need is imported by those, and pathlib takes longer than all the rest.
import os
import sys
from os.path import dirname, exists, isdir, isfile, islink, join

if __package__:
    from dicom_cdk.rehearsal.machines import engine_images as images
else:  # as a program it is alone with its folder
    import engine_images as images  # type: ignore[import-not-found, no-redef]

ROOT = os.environ.get("HOST_ROOT", ".")
CONTAINER = join(dirname(ROOT), "container")
PID, STARTED_WITH, STARTED_AS = (join(CONTAINER, name) for name in ("pid", "started-with", "started-as"))
SECONDS_TO_LISTEN, SECONDS_TO_END = float(os.environ.get("REHEARSAL_LISTEN_SECONDS", "20")), 60.0
_IMPORTED = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import engine; raise SystemExit(engine.main(sys.argv[1:]))"
)
CALL = (
    "case $1 in info | version) exit 0 ;; esac; "
    f"""exec {sys.executable} -SEP -c '{_IMPORTED}' "{dirname(__file__)}" "$@\""""
)
"""What a stand-in for docker runs. It needs nothing of site-packages, and starts in half the time without. It is imported, since
a program's own file is compiled at each start."""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["rm", "-f", "-v", _]:
            return 0
        case ["--config", folder, "login", *_]:
            sys.stdin.read()
            os.makedirs(folder, exist_ok=True)
            images.write(join(folder, "config.json"), "{}")
            return 0
        case ["image", "inspect", "-f", "{{.Id}}", image]:
            import hashlib

            print(f"sha256:{hashlib.sha256(image.encode()).hexdigest()}")
            return 0
        case ["image", "inspect", image]:
            return 0 if exists(images.file_of(images.on_host(), image)) else 1
        case ["pull", "-q", image]:
            return images.pull(image)
        case ["manifest", "inspect", image]:
            return images.in_registry(image)
        case ["build", "-q", *given, "-t", image, folder]:
            return images.build(given[1::2], image, folder)
        case ["push", "-q", image]:
            images.touch(images.file_of(images.registry(), image))
            return 0
        case ["create", "--name", _, _]:
            print("c0ffee")
            return 0
        case ["cp", _, target]:
            import shutil

            shutil.copytree(join(dirname(ROOT), "image-files"), target, dirs_exist_ok=True)
            return 0
        case ["inspect", "-f", _, _]:
            from datetime import UTC, datetime

            print(datetime.fromtimestamp(os.stat(PID).st_mtime, UTC).isoformat())
            return 0
        case ["ps", "-q", *_, "health=unhealthy"]:
            if _running() and not _healthy():
                print("c0ffee")
            return 0
        case ["restart", _]:
            import json

            _stop()
            life = json.loads(images.read(STARTED_AS))
            return _start(life["command"], life["environment"], life["port"])
        case ["run", "--rm", "--network", _, _, "storescu", *_]:
            images.write(join(CONTAINER, "received"), "16")
            return 0
        case ["compose", *rest]:
            return _compose(rest)
    raise SystemExit(f"stand-in for docker: unknown call {' '.join(arguments)}")


def _compose(arguments: list[str]) -> int:
    rest, settings, file = arguments, {}, ""
    while rest[0].startswith("-"):
        if rest[0] == "--env-file":
            settings = dict(line.split("=", 1) for line in images.read(rest[1]).splitlines())
        if rest[0] == "-f":
            file = rest[1]
        rest = rest[2:]
    ldap = "slapd" in images.read(file)
    match rest:
        case ["up", "-d", *_]:
            return _up(*(_ldap(settings) if ldap else _archive(settings, file)))
        case ["stop", *_]:
            return _stop()
        case ["ps", "-q", *_]:
            if _running():
                print("c0ffee")
            return 0
        case ["exec", "-T", "arc", "cat", *files]:
            # The container's network is the machine's own here.
            sys.stdout.write("".join(images.read(file) for file in files))
            return 0
        case ["exec", "-T", "ldap", "sh", script, *words] | [
            "run",
            "--rm",
            "-T",
            "--entrypoint",
            "/bin/sh",
            "ldap",
            script,
            *words,
        ]:
            import subprocess

            command = [*_shell(), CONTAINER + script, *words]
            faults = {name: value for name, value in os.environ.items() if name.startswith("FAULT")}
            return subprocess.run(command, env=_ldap(settings)[1] | faults, check=False).returncode
    raise SystemExit(f"stand-in for docker compose: unknown call {' '.join(rest)}")


def _shell() -> list[str]:
    """The image's, where it is installed."""
    import shutil

    return ["busybox", "sh"] if shutil.which("busybox") else ["sh"]


def _ldap(settings: dict[str, str]) -> tuple[list[str], dict[str, str], int]:
    """Command, environment and port of the LDAP container: what compose.yaml gives it, and what the image itself sets."""
    listen = join(ROOT, "listen")
    url = images.read(listen).strip() if exists(listen) else "ldap:///"
    environment = {
        "PATH": os.environ["PATH"],
        "DICOM_ROOT": CONTAINER,
        "LDAP_URLS": url,
        "LDAP_INIT_SCHEMA": "dicom.ldif",
        "LDAP_BASE_DN": settings["BASE_DN"],
        "LDAP_ORGANISATION": settings["ORGANISATION"],
        "ARCHIVE_DEVICE_NAME": settings["DEVICE_NAME"],
        "LDAP_USER_ID": str(os.getuid()),
        "LDAP_GROUP_ID": str(os.getgid()),
        **{name: settings[name] for name in ("AE_TITLE", "SERVER_ID", "PEER_ID", "PEER_URL", "GENERATION", "IMAGE")},
    }
    port = url.rstrip("/").rpartition(":")[2]
    return (
        [*_shell(), join(CONTAINER, "opt/dicom/entrypoint.sh"), "slapd"],
        environment,
        int(port) if port.isdigit() else 389,
    )


def _archive(settings: dict[str, str], file: str) -> tuple[list[str], dict[str, str], int]:
    stand_in = join(dirname(dirname(__file__)), "archive", "stand_in.py")
    volume = join(ROOT, "var/local/dicom/wildfly")
    mine = {"PATH": os.environ["PATH"], "STATE": CONTAINER, "VOLUME": volume, "COMPOSE_FILE": file}
    return [sys.executable, "-P", stand_in], mine | settings, 8080


def _up(command: list[str], environment: dict[str, str], port: int) -> int:
    """As compose: nothing to do for a container that runs with the same settings and files, else a new one."""
    import hashlib
    import json

    os.makedirs(CONTAINER, exist_ok=True)
    found = [join(folder, name) for folder, _, names in os.walk(join(CONTAINER, "opt")) for name in names]
    files = b"".join(images.read_bytes(file) for file in sorted(found) if isfile(file))
    settings = {name: value for name, value in environment.items() if name not in ("PATH", "COMPOSE_FILE")}
    if "COMPOSE_FILE" in environment:
        files += images.read_bytes(environment["COMPOSE_FILE"])
    wanted = hashlib.sha256(repr(sorted(settings.items())).encode() + files).hexdigest()
    if _running() and exists(STARTED_WITH) and images.read(STARTED_WITH) == wanted:
        return 0
    _stop()
    image, link = join(dirname(ROOT), "ldap-images", settings["IMAGE"].rpartition(":")[2]), join(CONTAINER, "image")
    if isdir(image):
        if islink(link):
            os.unlink(link)
        os.symlink(image, link)
    faults = {name: value for name, value in os.environ.items() if name.startswith("FAULT")}
    images.write(STARTED_AS, json.dumps({"command": command, "environment": environment, "port": port}))
    return _start(command, environment | faults, port, wanted)


def _start(command: list[str], environment: dict[str, str], port: int, wanted: str = "") -> int:
    import subprocess
    import time

    deadline = time.monotonic() + SECONDS_TO_END
    while _listens(port):
        # A predecessor's, for a moment still: it would be taken for the successor's.
        if time.monotonic() > deadline:
            print(f"Bind for 127.0.0.1:{port} failed: port is already allocated", file=sys.stderr)
            return 1
        time.sleep(0.02)
    clock = join(dirname(ROOT), "clock")
    if exists(clock):
        # As a machine whose clock is wrong: the library that changes it, and by how much.
        library, ahead = images.read(clock).split()
        environment = environment | {"LD_PRELOAD": library, "FAKETIME": ahead}
    with open(join(CONTAINER, "log"), "ab") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    images.write(PID, str(process.pid))
    if wanted:
        images.write(STARTED_WITH, wanted)
    deadline = time.monotonic() + SECONDS_TO_LISTEN
    while time.monotonic() < deadline and process.poll() is None:
        if _listens(port):
            return 0
        time.sleep(0.02)
    print(f"container is unhealthy: {images.read(join(CONTAINER, 'log'))[-1500:]}", file=sys.stderr)
    return 1


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _healthy() -> bool:
    """What the archive's health check asks."""
    import urllib.request

    try:
        with urllib.request.urlopen("http://127.0.0.1:8080/dcm4chee-arc/ctrl/status", timeout=2) as answer:
            return b"STARTED" in answer.read()
    except OSError:
        return False


def _running() -> bool:
    if not exists(PID) or not (process := images.read(PID)):
        return False
    status = f"/proc/{process}/status"
    return exists(status) and "State:\tZ" not in images.read(status)


def _stop() -> int:
    if _running():
        import signal
        import time
        from contextlib import suppress

        # As docker does, with more patience: one that ends late holds its ports, and its successor would be taken for running.
        for end, seconds in ((signal.SIGTERM, SECONDS_TO_END), (signal.SIGKILL, 60)):
            with suppress(ProcessLookupError):
                os.kill(int(images.read(PID)), end)
            since = time.monotonic()
            while _running() and time.monotonic() - since < seconds:
                time.sleep(0.02)
    return 0
