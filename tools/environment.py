"""Makes .venv and fills it with what a make target needs; does nothing when all is there (`make synth`, `make test`).

Run by the system's python3, so standard library only. Versions and hashes come from the constraints files; others are refused.
Levels: `synth` is what synthesis needs, `test` is everything. uv installs, in a fraction of pip's time, from where pip's own
settings say; where it cannot, pip does.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
LEVELS = ("synth", "test")
INSTALLER = ROOT / "constraints-installer.txt"

SOURCES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
}
"""pip's settings of where packages come from, and what uv calls them."""
COMMAS = ("UV_FIND_LINKS",)
"""What uv splits at commas; pip, and all else of uv, splits at blanks."""
WORDS_ONLY = {
    *("disable-pip-version-check", "no-python-version-warning", "root-user-action", "break-system-packages"),
    *(
        "cache-dir",
        "no-cache-dir",
        "config-file",
        "no-compile",
        "no-input",
        "no-color",
        "progress-bar",
        "quiet",
        "verbose",
    ),
}
"""pip's settings that change nothing of what is installed."""


def main(level: str) -> int:
    if sys.version_info < OLDEST:
        return refuse(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]} ({sys.executable}); "
            "name another one: make PYTHON=python3.12"
        )
    # What is ready for tests is ready for synthesis.
    if any(ready(each) for each in LEVELS[LEVELS.index(level) :]):
        return 0
    print(
        f"dicom-cdk: setting up .venv for `make {level}` (once; later runs take seconds)", file=sys.stderr, flush=True
    )
    try:
        create()
        fill(level)
    except subprocess.CalledProcessError as failed:
        return refuse(
            f"setting up .venv failed (exit {failed.returncode} of: {' '.join(map(str, failed.cmd[:5]))} ...); "
            "the lines above say why. Without a network the packages of the constraints files must be in a folder "
            "that PIP_FIND_LINKS names"
        )
    (VENV / f".ready-{level}").write_text(fingerprint(level))
    return 0


def ready(level: str) -> bool:
    """Whether .venv was filled for this level from the present files."""
    stamp = VENV / f".ready-{level}"
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(level)


def create() -> None:
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        raise SystemExit(
            refuse(
                "this Python has no ensurepip, so no environment can be made; on Debian or Ubuntu: apt install python3-venv"
            )
        ) from None
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def pinned(level: str) -> list[Path]:
    """The constraints files of a level: every package with version and hashes."""
    files = [ROOT / "constraints.txt"]
    if level == "test":
        files = [ROOT / "constraints-test.txt"]
        if shutil.which("terraform") is None:
            files.append(ROOT / "constraints-terraform.txt")
    return files


def bindings_wheel() -> Path:
    wheels = sorted((ROOT / "vendor").glob("cdktf_cdktf_provider_alicloud-*.whl"))
    if len(wheels) != 1:
        raise SystemExit(
            refuse(f"vendor/ must hold exactly one bindings wheel, found {len(wheels)}; run: make bindings")
        )
    return wheels[0]


def fingerprint(level: str) -> str:
    """Changes with anything that makes the environment another one."""
    digest = hashlib.sha256(f"{sys.version} {ROOT}".encode())
    for file in (*pinned(level), ROOT / "pyproject.toml", bindings_wheel()):
        digest.update(file.read_bytes())
    return digest.hexdigest() + "\n"


def fill(level: str) -> None:
    """Installs a level's packages, the bindings and our own package, by uv or else by pip."""
    wanted = [("--require-hashes", "--requirement", str(file)) for file in pinned(level)]
    own = [
        ("--no-deps", "--force-reinstall", str(bindings_wheel())),
        ("--no-deps", "--no-build-isolation", "--editable", "."),
    ]
    settings = pip_settings()
    if unknown := sorted(settings.keys() - SOURCES.keys() - WORDS_ONLY):
        print(f"dicom-cdk: uv does not know pip's {', '.join(unknown)}: pip installs", file=sys.stderr)
    else:
        try:
            pip("--only-binary", ":all:", "--require-hashes", "--requirement", str(INSTALLER))
            for arguments in (*wanted, *own):
                uv(settings, *arguments)
            return
        except subprocess.CalledProcessError as failed:
            print(
                f"dicom-cdk: no uv here (exit {failed.returncode}): pip installs, which takes longer", file=sys.stderr
            )
    for arguments in (*wanted, *own):
        pip(*arguments)


def pip_settings() -> dict[str, str]:
    """What files and environment tell pip's `install` (`pip config list`): name to value, the environment's first."""
    said = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    found = {}
    for origin in ("global.", "install.", ":env:."):
        for name, value in (line.split("=", 1) for line in said.splitlines() if line.startswith(origin)):
            found[name.removeprefix(origin)] = str(ast.literal_eval(value))
    return found


def uv(settings: dict[str, str], *arguments: str) -> None:
    environment = {}
    for name, value in settings.items():
        if theirs := SOURCES.get(name):
            environment[theirs] = (",".join if theirs in COMMAS else " ".join)(value.split())
    if kept := settings.get("cache-dir"):
        # Pipelines keep this folder from run to run.
        environment["UV_CACHE_DIR"] = f"{kept}/uv"
    command = [str(VENV / "bin/uv"), "pip", "install", "--quiet", "--no-config", "--python", str(PYTHON), *arguments]
    subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr, env={**environment, **os.environ})


def pip(*arguments: str) -> None:
    # Tests keep what they compile in a folder of their own, and synthesis needs a part: what pip compiled would hardly be read.
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--no-compile",
    ]
    subprocess.run([*command, *arguments], check=True, cwd=ROOT, stdout=sys.stderr)


def refuse(message: str) -> int:
    print(f"dicom-cdk: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        raise SystemExit(refuse(f"usage: python3 tools/environment.py {'|'.join(LEVELS)}"))
    raise SystemExit(main(sys.argv[1]))
