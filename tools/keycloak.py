"""Fetches the pinned Keycloak from Maven Central into .venv/keycloak, for `dicom-cdk rehearse viewer --identity keycloak`:
`make keycloak` (180 MB; needs mvn, and java 17 or newer to run).

Not a part of `make test`: without it that rehearsal and its test are skipped by name.
"""

import hashlib
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".venv/keycloak"
PINNED = "org.keycloak:keycloak-quarkus-dist:26.4.7:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
SHA512 = (
    "f9d4e0ced49976932e173abc8d2f6ff4169c125fe3b14e69ebaa0ccc4dea822e"
    "879f7ec7353d28fa40c13de0113059c6888833725378ecef4d27587e0c87a6a2"
)


def main() -> int:
    """0 when it is there, 1 when it could not be had."""
    if (TARGET / "bin/kc.sh").exists():
        return 0
    program = shutil.which("mvn")
    if program is None:
        return say("mvn is not installed: Debian package maven")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, "--batch-mode", "--quiet", COPY, f"-Dartifact={PINNED}", f"-DoutputDirectory={folder}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        found = list(Path(folder).glob("*.zip"))
        if done.returncode or not found:
            return say((done.stdout or done.stderr).strip()[-200:])
        if hashlib.sha512(found[0].read_bytes()).hexdigest() != SHA512:
            return say(f"{PINNED} is not what was pinned")
        with zipfile.ZipFile(found[0]) as packed:
            packed.extractall(folder)
        (made,) = (each for each in Path(folder).iterdir() if each.is_dir())
        for script in (made / "bin").glob("*.sh"):
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
        shutil.move(made, TARGET)
    return 0


def say(why: str) -> int:
    print(f"keycloak: {PINNED} is not here ({why}); what logs in at Keycloak is skipped", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
