"""What payloads add to the synthesis: the same run with bundles of empty scripts is the floor."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Ratio, compare, seconds
from dicom_cdk import node

ROOT = Path(__file__).resolve().parent.parent
EMPTY = """\
import sys
from dicom_cdk import shipped
from dicom_cdk.cli import main
from dicom_cdk.payload import bundle

def empty(cls, room, *_, **__):
    names = [path.name.removesuffix(".j2") for path in shipped.path(f"assets/{room}").iterdir() if path.is_file()]
    return cls.of(room, {name: "#!/bin/sh\\n" for name in names})

bundle.Bundle.from_assets = classmethod(empty)
sys.exit(main(["synth", "--out", sys.argv[1]]))
"""


def ratios() -> Iterator[Ratio]:
    """Synthesis with payloads over synthesis with empty ones."""
    node.choose()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "empty.py").write_text(EMPTY)
        yield compare(
            "synthesis with payloads / with empty ones",
            lambda: seconds([sys.executable, "main.py", "--out", folder / "whole"], ROOT),
            lambda: seconds([sys.executable, folder / "empty.py", folder / "floor"], ROOT),
            limit=1.15,
        )
