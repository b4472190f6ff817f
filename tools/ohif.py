"""Fetches the pinned OHIF from npm into .venv/ohif, for `dicom-cdk rehearse viewer`: `make ohif` (50 MB).

Not a part of `make test`: without it that room and its test are skipped by name. The service takes OHIF from its image.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.npm_programs import environment, npm

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".venv/ohif"
PINNED = "@ohif/app@3.13.2"
SHA512 = "WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=="


def main() -> int:
    """0 when it is there, 1 when it could not be had."""
    if (TARGET / "index.html").exists():
        return 0
    program = npm()
    if program is None:
        return say("no npm beside the Node of this environment")
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            [*program, "pack", PINNED], cwd=folder, env=environment(), capture_output=True, text=True, check=False
        )
        found = list(Path(folder).glob("*.tgz"))
        if packed.returncode or not found:
            return say((packed.stderr or packed.stdout).strip()[-200:])
        if base64.b64encode(hashlib.sha512(found[0].read_bytes()).digest()).decode() != SHA512:
            return say(f"{PINNED} is not what was pinned")
        with tarfile.open(found[0]) as tar:
            tar.extractall(folder, filter="data")
        shutil.move(Path(folder) / "package/dist", TARGET)
    return 0


def say(why: str) -> int:
    print(f"ohif: {PINNED} is not here ({why}); what opens a study in a browser is skipped", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
