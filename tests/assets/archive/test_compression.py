"""Compression at reception in the directory, written by step `up` before the container starts."""

import subprocess

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import DEVICE, calls, give, holds

pytestmark = pytest.mark.server

RULE = f"cn=dicom-cdk,{DEVICE}"
JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"


def up(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    """The step; what it writes lands in /written."""
    host.stand_in("ldapmodify", 'cat >>"$HOST_ROOT/written"')
    done = host.script("up.sh", room="archive")
    assert done.returncode == 0, done.stderr
    return done


def written(host: ScratchHost) -> list[str]:
    return host.read("/written").splitlines() if (host.root / "written").exists() else []


def test_images_are_kept_as_they_come_where_the_site_says_nothing(host: ScratchHost) -> None:
    holds(host, {RULE: {"dicomTransferSyntax": JPEG_LS}})
    up(host)
    assert written(host) == [], "somebody else's rule stays"


def test_one_rule_compresses_for_every_ae_title_from_the_next_start_on(host: ScratchHost) -> None:
    give(host, compression=JPEG_LS)
    holds(host, {})
    assert f"images are compressed as they come in: {JPEG_LS}" in up(host).stdout
    assert written(host) == [
        f"dn: {RULE}",
        "changetype: add",
        "objectClass: dcmArchiveCompressionRule",
        "cn: dicom-cdk",
        f"dicomTransferSyntax: {JPEG_LS}",
    ]
    assert [call for call in calls(host) if call.endswith(" stop")]


@pytest.mark.parametrize(("there", "lines"), [(JPEG_LS, 0), (JPEG_2000, 4)], ids=["the same", "another"])
def test_a_rule_that_is_there_is_brought_up_to_date(there: str, lines: int, host: ScratchHost) -> None:
    give(host, compression=JPEG_LS)
    holds(host, {RULE: {"dicomTransferSyntax": there}})
    up(host)
    assert len(written(host)) == lines
    assert lines == 0 or written(host)[2:] == ["replace: dicomTransferSyntax", f"dicomTransferSyntax: {JPEG_LS}"]


def test_what_the_site_takes_back_goes_and_what_was_compressed_stays_so(host: ScratchHost) -> None:
    give(host, compression=JPEG_LS)
    holds(host, {RULE: {"dicomTransferSyntax": JPEG_LS}})
    up(host)
    give(host)
    assert "images are kept as they come in" in up(host).stdout
    assert written(host) == [f"dn: {RULE}", "changetype: delete"]
