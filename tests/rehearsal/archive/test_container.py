"""What the archive's stand-in takes from its compose file as the real container does."""

from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.container import time_zone


@pytest.mark.parametrize(
    ("given", "volumes", "zone"),
    [
        ({"TZ": "Asia/Shanghai"}, ["${DICOM_ROOT:-}/etc/timezone:/etc/timezone:ro"], "Asia/Shanghai"),
        ({}, ["${DICOM_ROOT:-}/etc/timezone:/etc/timezone:ro"], "Asia/Urumqi"),
        ({}, ["/etc/localtime:/etc/localtime:ro"], "UTC"),
        ({"TZ": ""}, [], "UTC"),
    ],
)
def test_the_time_zone_is_of_tz_or_of_a_mounted_file(
    given: dict[str, str], volumes: list[str], zone: str, tmp_path: Path
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/timezone").write_text("Asia/Urumqi\n")
    assert time_zone(given, {"volumes": volumes}, tmp_path).key == zone
