"""The viewer's files, as the image's build makes them of OHIF's package (`make ohif`); or none, where nobody looks at them."""

import subprocess
import sys
from pathlib import Path

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.programs import ProgramMissing, need

OHIF = Path(sys.prefix) / "ohif"
"""Where tools/ohif.py puts the package's `dist`."""


def none(folder: Path) -> Path:
    """An image's viewer without a file: NGINX starts, and every page of it is 404."""
    (folder / "viewer").mkdir(parents=True, exist_ok=True)
    return folder


def built(script: Path, folder: Path) -> Path:
    """What `script`, the image's viewer.sh, makes of OHIF. Raises ProgramMissing without OHIF."""
    if not (OHIF / "index.html").exists():
        raise ProgramMissing("OHIF is not here: the npm package @ohif/app; run make ohif (50 MB, npm registry)")
    done = subprocess.run(
        [need("dash", "dash"), str(script), str(OHIF), str(folder)], capture_output=True, text=True, errors="replace"
    )
    expect(done.returncode == 0, f"viewer.sh ended with {done.returncode}: {done.stderr[-400:]}")
    return folder
