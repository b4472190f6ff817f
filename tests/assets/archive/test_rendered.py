"""Golden of what the step `up` writes for compose, on a host of 16 GiB, in tests/rendered/archive."""

import re
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import SECRETS

pytestmark = pytest.mark.server

GOLDEN = Path(__file__).resolve().parents[2] / "rendered/archive/compose.env"
REGENERATE = ".venv/bin/pytest tests/assets/archive/test_rendered.py --regenerate"


def test_the_settings_of_the_container_are_what_they_were(host: ScratchHost, regenerate: bool) -> None:
    host.stand_in("getconf", "case $1 in _PHYS_PAGES) echo 4194304 ;; PAGE_SIZE) echo 4096 ;; *) exit 1 ;; esac")
    for name in SECRETS:
        host.put(f"/run/dicom/secrets/{name}", name)
    assert host.script("up.sh", room="archive").returncode == 0
    # The key is made anew each time.
    text = re.sub("^KEYS_HASH=[0-9a-f]{16}$", "KEYS_HASH=made", host.read("/opt/dicom/archive/compose.env"), flags=re.M)
    if regenerate:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert GOLDEN.exists(), f"{GOLDEN.name} has no golden; {REGENERATE}"
    assert text == GOLDEN.read_text(), f"tests/rendered/archive/{GOLDEN.name} differs; if that is meant: {REGENERATE}"
