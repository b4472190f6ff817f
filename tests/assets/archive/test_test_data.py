"""Step `test_data`: sends the sample images once and believes only what a query says."""

import subprocess

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import VALUES, LoopbackArchive, calls, give

pytestmark = pytest.mark.server


def send(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("test_data.sh", room="archive", more=more)


def test_images_are_sent_over_the_projects_network_and_found_by_a_query(host: ScratchHost) -> None:
    done = send(host)
    assert done.returncode == 0, done.stderr
    assert calls(host) == [
        f"docker run --rm --network dcm4chee_default {VALUES['tools_image']} storescu -cDCM4CHEE@arc:11112 "
        "/opt/dcm4che/etc/testdata/dicom"
    ]
    assert "test data: 16 of 16 images of study 1.113654.3.13.1026 arrived" in done.stdout


def test_a_second_run_sends_nothing(host: ScratchHost) -> None:
    assert send(host).returncode == 0
    host.forget()
    done = send(host)
    assert (done.returncode, calls(host)) == (0, [])
    assert "nothing to send" in done.stdout


def test_images_that_do_not_arrive_are_an_error_with_the_count(host: ScratchHost, archive: LoopbackArchive) -> None:
    archive.arrives = 15
    done = send(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "archive-test-data: still waiting for the images that were sent" in done.stderr
    assert "15 of 16 images" in done.stderr


def test_a_refused_sending_is_an_error(host: ScratchHost) -> None:
    host.stand_in("docker", 'case "$1" in image) ;; *) echo "association rejected" >&2; exit 2 ;; esac')
    done = send(host)
    assert done.returncode == 2
    assert "association rejected" in done.stderr


def test_a_missing_value_stops_it_by_name(host: ScratchHost) -> None:
    for key in ("tools_image", "ae_title"):
        give(host, **{key: None})
        done = send(host)
        assert done.returncode == 1
        assert f"archive-test-data: no value '{key}' in" in done.stderr
