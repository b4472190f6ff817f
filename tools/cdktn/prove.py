"""Proves that changing over from cdktf to its fork cdktn is a search and replace and a new bindings wheel (`make cdktn`).

In a scratch copy of what is committed: names replaced, bindings built by the fork's generator, every site and example synthesized
by both, and the stacks compared line by line. Needs the npm registry and PyPI. Exit codes: 0 every difference has its
reason, 1 one has not, or a step failed.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PINS = Path(__file__).resolve().parent
REPLACED = (
    (re.compile(r"cdktf[-_]cdktf([-_])provider"), r"cdktn\1provider"),
    # The folder keeps its name: pipelines and reviews know it.
    (re.compile(r"cdktf(?!\.out)"), "cdktn"),
)
"""In this order, in contents and in names of files."""
REASONS = (
    (re.compile(r'^\s*"version": "0\.(21|24)\.0",?$'), "the version of cdktf and of cdktn"),
    (re.compile(r'^\s*"cdkt[fn]": "0\.(21|24)\.0",?$'), "the version of cdktf and of cdktn"),
)
"""Lines that may differ, and why."""
MOST = 40
"""Lines without a reason that are printed."""
SYNTHESIZE = """
import sys
from pathlib import Path
from dicom_cdk import load_site, synthesize
for file in map(Path, sys.argv[2:]):
    synthesize([load_site(file)], Path(sys.argv[1]) / file.stem)
"""


class Failed(Exception):
    """A step that did not end well; the text says which."""


def replaced(text: str) -> str:
    """A text as it is after the change over."""
    for pattern, to in REPLACED:
        text = pattern.sub(to, text)
    return text


def copy(target: Path) -> None:
    """What is committed, changed over: names in texts and of files, the pins of the fork's generator."""
    named = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, named.split("\0")):
        source = ROOT / name
        if not source.is_file() or name.startswith(("tools/cdktn/", "vendor/", "tests/")):
            continue
        file = target / replaced(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            file.write_text(replaced(source.read_text()))
        except UnicodeDecodeError:
            shutil.copyfile(source, file)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(PINS / name, target / "provider/bindings" / name)
    (target / "vendor").mkdir()


def run(what: str, *command: str | Path, cwd: Path, path: Path | None = None) -> None:
    """One step, said before it starts. Raises Failed."""
    print(f"cdktn: {what}", file=sys.stderr, flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CDKTF", "CDKTN"))}
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise Failed(f"{what} failed (exit {done.returncode})\n{tail}")


def environment_of(copied: Path, scratch: Path) -> Path:
    """A Python that has cdktn and the new bindings, and for all else this environment's packages."""
    folder = scratch / "venv"
    run("making an environment", sys.executable, "-m", "venv", folder, cwd=scratch)
    python = folder / "bin/python"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps")
    run("installing cdktn", *pip, "--require-hashes", "-r", PINS / "constraints.txt", cwd=scratch)
    (wheel,) = (copied / "vendor").glob("*.whl")
    run("installing the bindings", *pip, "--no-index", wheel, cwd=scratch)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def compared(ours: Path, theirs: Path) -> tuple[dict[str, int], list[str]]:
    """Reason to number of lines that differ for it; and the differences that have none."""
    reasons: dict[str, int] = {}
    unexplained = []
    files = {path.relative_to(folder) for folder in (ours, theirs) for path in folder.rglob("*.json")}
    for file in sorted(files):
        if not (ours / file).exists() or not (theirs / file).exists():
            unexplained.append(f"{file}: written by one of them only")
            continue
        old, new = ((folder / file).read_text().splitlines() for folder in (ours, theirs))
        for line in difflib.unified_diff(old, new, lineterm="", n=0):
            if line.startswith(("---", "+++", "@@")):
                continue
            why = next((reason for pattern, reason in REASONS if pattern.match(line[1:])), None)
            if why is None:
                unexplained.append(f"{file}: {line}")
            else:
                reasons[why] = reasons.get(why, 0) + 1
    return reasons, unexplained


def main() -> int:
    sites = [*sorted((ROOT / "sites").glob("*.yaml")), *sorted((ROOT / "examples").glob("[!_]*.yaml"))]
    with tempfile.TemporaryDirectory(prefix="cdktn-") as name:
        scratch = Path(name)
        copied = scratch / "copy"
        try:
            copy(copied)
            # At once: both are to be made of the same sources.
            run("synthesizing with cdktf", sys.executable, "-c", SYNTHESIZE, scratch / "cdktf", *sites, cwd=ROOT)
            inside = copied / "constructs"
            build = (sys.executable, "provider/bindings/build.py", "--update")
            run("building the bindings with the fork's generator", *build, cwd=copied, path=inside)
            python = environment_of(copied, scratch)
            files = [copied / site.relative_to(ROOT) for site in sites]
            run("synthesizing with cdktn", python, "-c", SYNTHESIZE, scratch / "cdktn", *files, cwd=copied, path=inside)
        except Failed as failed:
            print(failed, file=sys.stderr)
            return 1
        reasons, unexplained = compared(scratch / "cdktf", scratch / "cdktn")
    print(f"{len(sites)} sites synthesized by cdktf and by cdktn")
    for reason, lines in sorted(reasons.items()):
        print(f"  {lines} lines differ: {reason}")
    for line in unexplained[:MOST]:
        print(f"  no reason: {line[:200]}")
    if len(unexplained) > MOST:
        print(f"  no reason: {len(unexplained) - MOST} more lines")
    return 1 if unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
