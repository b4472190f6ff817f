"""The program `docker` of a rehearsed host: registry, images and containers as folders and processes.

Stands for the container engine and for what is inside the images. The LDAP container runs the room's own scripts with the real
slapd; the archive's is archive_stand_in.py; the image with the SQL is a folder. Calls that the shipped scripts do not make are
errors. Run as `python3 engine.py ARGUMENTS` with HOST_ROOT, and REHEARSAL_REGISTRY, the folder of images that the registry holds.

Over 200 lines: a program of its own, started as one file.
"""

# Scripts call it dozens of times: what only some calls need is imported by those.
import os
import sys
from pathlib import Path

ROOT = Path(os.environ.get("HOST_ROOT", "."))
CONTAINER = ROOT.parent / "container"
PID, STARTED_WITH, STARTED_AS = CONTAINER / "pid", CONTAINER / "started-with", CONTAINER / "started-as"
ONE_PULL = "login-ends-with-a-pull"
"""A file of the registry: its logins live no longer."""
SECONDS_TO_LISTEN, SECONDS_TO_END = float(os.environ.get("REHEARSAL_LISTEN_SECONDS", "20")), 60.0
CALL = f'exec {sys.executable} -SE {__file__} "$@"'
"""What a stand-in for docker runs. It needs nothing of site-packages, and starts in half the time without."""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["info" | "version", *_] | ["rm", "-f", "-v", _]:
            return 0
        case ["--config", folder, "login", *_]:
            sys.stdin.read()
            Path(folder).mkdir(parents=True, exist_ok=True)
            (Path(folder) / "config.json").write_text("{}")
            return 0
        case ["image", "inspect", "-f", "{{.Id}}", image]:
            import hashlib

            print(f"sha256:{hashlib.sha256(image.encode()).hexdigest()}")
            return 0
        case ["image", "inspect", image]:
            return 0 if _file(_engine(), image).exists() else 1
        case ["pull", "-q", image]:
            return _pull(image)
        case ["manifest", "inspect", image]:
            return _in_registry(image)
        case ["build", "-q", *given, "-t", image, folder]:
            return _build(given[1::2], image, Path(folder))
        case ["push", "-q", image]:
            _file(_registry(), image).touch()
            return 0
        case ["create", "--name", _, _]:
            print("c0ffee")
            return 0
        case ["cp", _, target]:
            import shutil

            shutil.copytree(ROOT.parent / "image-files", target, dirs_exist_ok=True)
            return 0
        case ["inspect", "-f", _, _]:
            from datetime import UTC, datetime

            print(datetime.fromtimestamp(PID.stat().st_mtime, UTC).isoformat())
            return 0
        case ["ps", "-q", *_, "health=unhealthy"]:
            if _running() and not _healthy():
                print("c0ffee")
            return 0
        case ["restart", _]:
            import json

            _stop()
            life = json.loads(STARTED_AS.read_text())
            return _start(life["command"], life["environment"], life["port"])
        case ["run", "--rm", "--network", _, _, "storescu", *_]:
            (CONTAINER / "received").write_text("16")
            return 0
        case ["compose", *rest]:
            return _compose(rest)
    raise SystemExit(f"stand-in for docker: unknown call {' '.join(arguments)}")


def _engine() -> Path:
    folder = ROOT.parent / "engine"
    folder.mkdir(exist_ok=True)
    return folder


def _registry() -> Path:
    return Path(os.environ.get("REHEARSAL_REGISTRY") or _engine())  # without one every image is on the host


def _file(folder: Path, image: str) -> Path:
    if "REHEARSAL_REGISTRY" not in os.environ:
        (folder / image.replace("/", "_")).touch()
    return folder / image.replace("/", "_")


def _logged_in() -> bool:
    if (Path(os.environ.get("DOCKER_CONFIG", "")) / "config.json").exists():
        return True
    print("unauthorized: authentication required", file=sys.stderr)
    return False


def _pull(image: str) -> int:
    if not _logged_in():
        return 1
    if not _file(_registry(), image).exists():
        print(f"manifest for {image} not found: manifest unknown", file=sys.stderr)
        return 1
    _file(_engine(), image).touch()
    if (_registry() / ONE_PULL).exists():
        (Path(os.environ["DOCKER_CONFIG"]) / "config.json").unlink()
    return 0


def _in_registry(image: str) -> int:
    if not _logged_in():
        return 1
    if _file(_registry(), image).exists():
        return 0
    print(f"no such manifest: {image}", file=sys.stderr)
    return 1


def _build(given: list[str], image: str, folder: Path) -> int:
    for name in ("Dockerfile", "default.conf.template", "nginx.conf"):
        if not (folder / name).stat().st_size:
            return 1
    bases = dict(one.split("=", 1) for one in given)
    for line in (folder / "Dockerfile").read_text().splitlines():
        if line.startswith("ARG ") and not _file(_engine(), bases.get(line[4:], "nothing")).exists():
            print(f"{line[4:]}: {bases.get(line[4:], 'not given')} is not here", file=sys.stderr)
            return 1
    _file(_engine(), image).touch()
    return 0


def _compose(arguments: list[str]) -> int:
    rest, settings, file = arguments, {}, Path()
    while rest[0].startswith("-"):
        if rest[0] == "--env-file":
            settings = dict(line.split("=", 1) for line in Path(rest[1]).read_text().splitlines())
        if rest[0] == "-f":
            file = Path(rest[1])
        rest = rest[2:]
    ldap = "slapd" in file.read_text()
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
            sys.stdout.write("".join(Path(file).read_text() for file in files))
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

            command = [*_shell(), str(CONTAINER) + script, *words]
            faults = {name: value for name, value in os.environ.items() if name.startswith("FAULT")}
            return subprocess.run(command, env=_ldap(settings)[1] | faults, check=False).returncode
    raise SystemExit(f"stand-in for docker compose: unknown call {' '.join(rest)}")


def _shell() -> list[str]:
    """The image's, where it is installed."""
    import shutil

    return ["busybox", "sh"] if shutil.which("busybox") else ["sh"]


def _ldap(settings: dict[str, str]) -> tuple[list[str], dict[str, str], int]:
    """Command, environment and port of the LDAP container: what compose.yaml gives it, and what the image itself sets."""
    listen = ROOT / "listen"
    url = listen.read_text().strip() if listen.exists() else "ldap:///"
    environment = {
        "PATH": os.environ["PATH"],
        "DICOM_ROOT": str(CONTAINER),
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
        [*_shell(), str(CONTAINER / "opt/dicom/entrypoint.sh"), "slapd"],
        environment,
        int(port) if port.isdigit() else 389,
    )


def _archive(settings: dict[str, str], file: Path) -> tuple[list[str], dict[str, str], int]:
    stand_in = Path(__file__).with_name("archive_stand_in.py")
    volume = str(ROOT / "var/local/dicom/wildfly")
    mine = {"PATH": os.environ["PATH"], "STATE": str(CONTAINER), "VOLUME": volume, "COMPOSE_FILE": str(file)}
    return [sys.executable, str(stand_in)], mine | settings, 8080


def _up(command: list[str], environment: dict[str, str], port: int) -> int:
    """As compose: nothing to do for a container that runs with the same settings and files, else a new one."""
    import hashlib
    import json

    CONTAINER.mkdir(exist_ok=True)
    files = b"".join(path.read_bytes() for path in sorted((CONTAINER / "opt").rglob("*")) if path.is_file())
    settings = {name: value for name, value in environment.items() if name not in ("PATH", "COMPOSE_FILE")}
    if "COMPOSE_FILE" in environment:
        files += Path(environment["COMPOSE_FILE"]).read_bytes()
    wanted = hashlib.sha256(repr(sorted(settings.items())).encode() + files).hexdigest()
    if _running() and STARTED_WITH.exists() and STARTED_WITH.read_text() == wanted:
        return 0
    _stop()
    if (files_of := ROOT.parent / "ldap-images" / settings["IMAGE"].rpartition(":")[2]).is_dir():
        (CONTAINER / "image").unlink(missing_ok=True)
        (CONTAINER / "image").symlink_to(files_of)
    faults = {name: value for name, value in os.environ.items() if name.startswith("FAULT")}
    STARTED_AS.write_text(json.dumps({"command": command, "environment": environment, "port": port}))
    return _start(command, environment | faults, port, wanted)


def _start(command: list[str], environment: dict[str, str], port: int, wanted: str = "") -> int:
    import socket
    import subprocess
    import time

    clock = ROOT.parent / "clock"
    if clock.exists():
        # As a machine whose clock is wrong: the library that changes it, and by how much.
        library, ahead = clock.read_text().split()
        environment = environment | {"LD_PRELOAD": library, "FAKETIME": ahead}
    with (CONTAINER / "log").open("ab") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    PID.write_text(str(process.pid))
    if wanted:
        STARTED_WITH.write_text(wanted)
    deadline = time.monotonic() + SECONDS_TO_LISTEN
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return 0
        time.sleep(0.02)
    print(f"container is unhealthy: {(CONTAINER / 'log').read_text()[-1500:]}", file=sys.stderr)
    return 1


def _healthy() -> bool:
    """What the archive's health check asks."""
    import urllib.request

    try:
        with urllib.request.urlopen("http://127.0.0.1:8080/dcm4chee-arc/ctrl/status", timeout=2) as answer:
            return b"STARTED" in answer.read()
    except OSError:
        return False


def _running() -> bool:
    if not PID.exists() or not PID.read_text():
        return False
    status = Path(f"/proc/{PID.read_text()}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def _stop() -> int:
    if _running():
        import signal
        import time
        from contextlib import suppress

        # As docker does, with more patience: one that ends late holds its ports, and its successor would be taken for running.
        for end, seconds in ((signal.SIGTERM, SECONDS_TO_END), (signal.SIGKILL, 60)):
            with suppress(ProcessLookupError):
                os.kill(int(PID.read_text()), end)
            since = time.monotonic()
            while _running() and time.monotonic() - since < seconds:
                time.sleep(0.02)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
