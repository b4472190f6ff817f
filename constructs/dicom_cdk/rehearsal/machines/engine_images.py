"""Images of the rehearsed `docker` (engine.py): files in a folder of the host and in that of the registry; and its way with files.

Imported by a program that is called dozens of times: nothing but what is needed at once, and no pathlib.
"""

import os
import sys
from os.path import dirname, exists, join

ROOT = os.environ.get("HOST_ROOT", ".")
ONE_PULL = "login-ends-with-a-pull"
"""A file of the registry: its logins live no longer."""


def read(file: str) -> str:
    with open(file) as opened:
        return opened.read()


def read_bytes(file: str) -> bytes:
    with open(file, "rb") as opened:
        return opened.read()


def write(file: str, text: str) -> None:
    with open(file, "w") as opened:
        opened.write(text)


def touch(file: str) -> None:
    with open(file, "a"):
        os.utime(file)


def on_host() -> str:
    folder = join(dirname(ROOT), "engine")
    os.makedirs(folder, exist_ok=True)
    return folder


def registry() -> str:
    return os.environ.get("REHEARSAL_REGISTRY") or on_host()  # without one every image is on the host


def file_of(folder: str, image: str) -> str:
    file = join(folder, image.replace("/", "_"))
    if "REHEARSAL_REGISTRY" not in os.environ:
        touch(file)
    return file


def _logged_in() -> bool:
    if exists(join(os.environ.get("DOCKER_CONFIG", ""), "config.json")):
        return True
    print("unauthorized: authentication required", file=sys.stderr)
    return False


def pull(image: str) -> int:
    if not _logged_in():
        return 1
    if not exists(file_of(registry(), image)):
        print(f"manifest for {image} not found: manifest unknown", file=sys.stderr)
        return 1
    touch(file_of(on_host(), image))
    if exists(join(registry(), ONE_PULL)):
        os.unlink(join(os.environ["DOCKER_CONFIG"], "config.json"))
    return 0


def in_registry(image: str) -> int:
    if not _logged_in():
        return 1
    if exists(file_of(registry(), image)):
        return 0
    print(f"no such manifest: {image}", file=sys.stderr)
    return 1


def build(given: list[str], image: str, folder: str) -> int:
    for name in ("Dockerfile", "default.conf.template", "nginx.conf"):
        if not os.stat(join(folder, name)).st_size:
            return 1
    bases = dict(one.split("=", 1) for one in given)
    for line in read(join(folder, "Dockerfile")).splitlines():
        if line.startswith("ARG ") and not exists(file_of(on_host(), bases.get(line[4:], "nothing"))):
            print(f"{line[4:]}: {bases.get(line[4:], 'not given')} is not here", file=sys.stderr)
            return 1
    touch(file_of(on_host(), image))
    return 0
