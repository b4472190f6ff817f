"""cloud-init's own look at a document."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.assets import forks


def schema(file: Path) -> subprocess.CompletedProcess[str] | None:
    """`cloud-init schema --config-file FILE`, whose modules take half a second to load; None where it is not installed."""
    program = shutil.which("cloud-init")
    if program is None:
        return None
    if not Path(program).read_bytes().startswith(b"#!/usr/bin/python3"):
        return subprocess.run([program, "schema", "--config-file", str(file)], capture_output=True, text=True)
    server = forks.address("-B", "cloudinit.cmd.main", "cloudinit.config.schema")
    return forks.ended(Path(program), "schema", "--config-file", str(file), environment=os.environ, server=server)
