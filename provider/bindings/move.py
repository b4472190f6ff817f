"""Moves the bindings to another release of the provider (`make bindings VERSION=1.290.0`).

    python provider/bindings/move.py 1.290.0

The release stands in package.json, its lock and two READMEs; they are written, the wheel is built as ever, and where
that fails they are put back. The release that vendor/ holds is built and compared only. Exit codes are those of build.py.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# `python provider/bindings/move.py` starts without the checkout on its path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from dicom_cdk.offline.versions import whole
from dicom_cdk.offline.versions.store import UnknownRelease
from provider.bindings.source import BINDINGS, PROVIDER, VERSION, BuildFailed, refuse_unknown

BUILD = BINDINGS / "build.py"
TEXTS = (
    BINDINGS / "package.json",
    BINDINGS / "package-lock.json",
    BINDINGS / "README.md",
    PROVIDER.parent / "vendor" / "README.md",
)
RELEASE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


def refuse(release: str) -> None:
    """Raise BuildFailed for what is no release, whose facts are not here, or which lacks a type that is bound."""
    if not RELEASE.fullmatch(release):
        raise BuildFailed(f"VERSION={release}: is no release; allowed is a number such as 1.290.0, without v")
    try:
        facts = whole.held(release, PROVIDER)
    except UnknownRelease as unknown:
        raise BuildFailed(f"VERSION={release}: {unknown}") from None
    refuse_unknown(release, facts["schema"])


def moved(text: str, release: str) -> str:
    """A text of the bindings with the other release; longer numbers that hold the old one stay."""
    return re.sub(rf"(?<![0-9.]){re.escape(VERSION)}(?![0-9]|\.[0-9])", release, text)


def move(release: str, build: Sequence[str]) -> int:
    """Write the texts, run `build`; its exit code. The texts are as before unless it is 0."""
    before = {path: path.read_bytes() for path in TEXTS}
    code = 1
    try:
        for path in TEXTS:
            path.write_text(moved(path.read_text(encoding="utf-8"), release), encoding="utf-8")
        code = subprocess.run(build).returncode
    finally:
        if code:
            for path, content in before.items():
                path.write_bytes(content)
    return code


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1:
        print("bindings: one release is needed: make bindings VERSION=1.290.0", file=sys.stderr)
        return 1
    (release,) = arguments
    try:
        refuse(release)
    except BuildFailed as refused:
        print(f"bindings: {refused}", file=sys.stderr)
        return 1
    build = [sys.executable, str(BUILD)]
    if release == VERSION:
        return subprocess.run(build).returncode
    code = move(release, [*build, "--update"])
    if not code:
        print(
            f"bindings: moved from {VERSION} to {release}; stacks ask for ~> {release} from now on and are planned with its facts. "
            "Next: make setup (installs the wheel), make goldens, make docs; then read the difference",
            file=sys.stderr,
        )
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
