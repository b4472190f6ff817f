"""Makes .venv and fills it with what a make target needs; does nothing when all is there (`make synth`, `make test`).

Run by the system's python3, so standard library only. Versions and hashes come from the constraints files; pip refuses others.
Levels: `synth` is what synthesis needs, `test` is everything.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
LEVELS = ("synth", "test")


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
        for file in pinned(level):
            # Tests keep what they compile in a folder of their own; what pip compiled would never be read.
            pip(*(["--no-compile"] if level == "test" else []), "--require-hashes", "--requirement", str(file))
        pip("--no-deps", "--force-reinstall", str(bindings_wheel()))
        pip("--no-deps", "--no-build-isolation", "--editable", ".")
    except subprocess.CalledProcessError as failed:
        return refuse(
            f"setting up .venv failed (exit {failed.returncode} of: {' '.join(map(str, failed.cmd[:5]))} ...); "
            "the lines above say why. Without a network the packages of the constraints files must be in pip's cache "
            "or in a folder that PIP_FIND_LINKS names"
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


def pip(*arguments: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)


def refuse(message: str) -> int:
    print(f"dicom-cdk: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LEVELS:
        raise SystemExit(refuse(f"usage: python3 tools/environment.py {'|'.join(LEVELS)}"))
    raise SystemExit(main(sys.argv[1]))
