"""Images are pulled with a short-lived login, waited for, and asked for by name when they never come."""

import os
import signal
import subprocess
import time

import pytest

from dicom_cdk.rehearsal.cloud.vendor_api import Failure, VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

A, B = "registry.example.com/dicom/slapd:2.6", "registry.example.com/dicom/arc:5.25"
ENGINE = """
here="$HOST_ROOT/engine"; mkdir -p "$here"
name=$(tr /: __ <<<"${@: -1}")
case $1 in
  image) [ -e "$here/$name" ] ;;
  pull)
    [ "$DOCKER_CONFIG" = "$HOST_ROOT/run/dicom/docker" ] || { echo "no login" >&2; exit 1; }
    [ -e "$HOST_ROOT/registry/$name" ] || { echo "manifest unknown" >&2; exit 1; }
    touch "$here/$name" ;;
  --config) cat >/dev/null ;;
esac
"""


@pytest.fixture
def engine(host: ScratchHost) -> ScratchHost:
    host.stand_in("docker", ENGINE)
    return host


def offer(host: ScratchHost, *images: str) -> None:
    for image in images:
        host.put(f"/registry/{image.replace('/', '_').replace(':', '_')}", "")


def images(host: ScratchHost, *names: str, **more: str) -> subprocess.CompletedProcess[str]:
    return host.script("images.sh", *names, more={"DICOM_IMAGES_SECONDS": "20", **more})


def verbs(host: ScratchHost) -> list[str]:
    return [call for call in host.calls() if not call.startswith("docker image inspect")]


def test_absent_images_are_pulled_after_one_login_that_does_not_stay(engine: ScratchHost, api: VendorApi) -> None:
    offer(engine, A, B)
    run = images(engine, A, B)
    assert run.returncode == 0, run.stderr
    config = f"{engine.root}/run/dicom/docker"
    assert verbs(engine) == [
        f"docker --config {config} login --username cr_temp_user --password-stdin registry.example.com",
        f"docker pull -q {A}",
        f"docker pull -q {B}",
    ]
    assert not (engine.root / "run/dicom/docker").exists()
    assert run.stdout == f"pulled {A}\npulled {B}\nimages are here: {A} {B}\n"
    assert api.registry_password not in run.stdout + run.stderr + "".join(engine.calls())


def test_images_that_are_here_need_neither_login_nor_registry(engine: ScratchHost, api: VendorApi) -> None:
    offer(engine, A)
    assert images(engine, A).returncode == 0
    engine.forget()
    api.log.clear()
    assert images(engine, A).returncode == 0
    assert verbs(engine) == []
    assert api.log == []


def test_an_image_that_arrives_later_is_waited_for_with_a_new_login(engine: ScratchHost) -> None:
    offer(engine, A)
    later = '[ "$(grep -c "pull.*arc" "$HOST_CALLS")" -lt 3 ] || touch "$HOST_ROOT/registry/$name"'
    body = ENGINE.replace("  pull)\n", f"  pull)\n    {later}\n")
    engine.stand_in("docker", body)
    run = images(engine, A, B)
    assert run.returncode == 0, run.stderr
    assert [call.split()[1] for call in verbs(engine)] == [
        "--config",
        "pull",
        "pull",
        "--config",
        "pull",
        "--config",
        "pull",
    ]
    assert run.stdout.count(f"waiting for {B}\n") == 2


def test_at_the_deadline_the_missing_ones_are_listed_with_the_way_to_bring_them(engine: ScratchHost) -> None:
    offer(engine, A)
    run = images(engine, A, B, "registry.example.com/dicom/x:1", DICOM_IMAGES_SECONDS="16", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert run.stderr == (
        f"images: not to be had from the registry: {B} registry.example.com/dicom/x:1; bring each from a machine that has "
        f"it: docker tag SOURCE {B}, docker push {B} (runbook, images), then apply again; last answer: manifest unknown\n"
    )


def test_a_refused_login_is_the_last_answer(engine: ScratchHost, api: VendorApi) -> None:
    offer(engine, A)
    api.failures = {"GetAuthorizationToken": [Failure(400, b'{"Code":"InstanceNotExist","Message":"gone"}')] * 9}
    run = images(engine, A, DICOM_IMAGES_SECONDS="16", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert (
        "last answer: alicloud.py registry-login: cr GetAuthorizationToken cri-test: HTTP 400 InstanceNotExist gone"
        in run.stderr
    )
    assert "; a login, a way to it and room on the disk are needed, then apply again; last answer: " in run.stderr
    assert "docker push" not in run.stderr
    assert not [call for call in verbs(engine) if " pull " in call]


@pytest.mark.parametrize(
    "answer",
    [
        "write /var/lib/docker/tmp/x: no space left on device",
        "dial tcp: lookup registry.example.com: no such host",
        "x509: certificate signed by unknown authority",
        "unknown: service unavailable",
        "pull access denied for dicom/slapd, repository does not exist or may require docker login: denied",
    ],
)
def test_what_is_no_missing_image_is_not_said_to_be_one(answer: str, engine: ScratchHost) -> None:
    offer(engine, A)
    engine.stand_in("docker", ENGINE.replace("  pull)\n", f"  pull)\n    echo '{answer}' >&2; exit 1\n"))
    run = images(engine, A, DICOM_IMAGES_SECONDS="16", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert (
        f"; a login, a way to it and room on the disk are needed, then apply again; last answer: {answer}" in run.stderr
    )
    assert "docker push" not in run.stderr


@pytest.mark.parametrize(
    "answer",
    [
        "Error response from daemon: manifest for registry.example.com/dicom/slapd:2.6 not found: manifest unknown",
        "failed to resolve reference registry.example.com/dicom/slapd:2.6: registry.example.com/dicom/slapd:2.6: not found",
        "name unknown: repository name not known to registry",
    ],
)
def test_each_way_in_which_a_registry_says_that_an_image_is_missing_is_understood(
    answer: str, engine: ScratchHost
) -> None:
    engine.stand_in("docker", ENGINE.replace("  pull)\n", f"  pull)\n    echo '{answer}' >&2; exit 1\n"))
    run = images(engine, A, DICOM_IMAGES_SECONDS="16", DICOM_PAUSE="1")
    assert f"docker push {A} (runbook, images), then apply again; last answer: {answer}" in run.stderr


def test_a_role_that_is_not_found_is_no_image_that_is_not_found(engine: ScratchHost, api: VendorApi) -> None:
    api.role = None
    run = images(engine, A, DICOM_IMAGES_SECONDS="16", DICOM_PAUSE="1")
    assert run.returncode == 1
    assert "docker push" not in run.stderr


def test_a_login_that_works_at_last_goes_on(engine: ScratchHost, api: VendorApi) -> None:
    offer(engine, A)
    api.failures = {"GetAuthorizationToken": [Failure(400, b'{"Code":"NotYet"}')]}
    assert images(engine, A).returncode == 0


def test_killed_while_pulling_a_second_run_finishes(engine: ScratchHost) -> None:
    offer(engine, A, B)
    engine.stand_in("docker", ENGINE.replace("  pull)\n", "  pull)\n    case $* in *arc*) sleep 30 ;; esac\n"))
    script = engine.root / "opt/dicom/docker_host/current/images.sh"
    with subprocess.Popen(
        ["bash", str(script), A, B], env=engine.variables(), start_new_session=True, stdout=subprocess.DEVNULL
    ) as running:
        while f"docker pull -q {B}" not in engine.calls():
            time.sleep(0.02)
        # timeout(1) gives the script a process group of its own.
        child = subprocess.run(["pgrep", "-P", str(running.pid), "timeout"], capture_output=True, text=True).stdout
        os.killpg(int(child), signal.SIGKILL)
    engine.stand_in("docker", ENGINE)
    engine.forget()
    assert images(engine, A, B).returncode == 0
    assert [call for call in verbs(engine) if " pull " in call] == [f"docker pull -q {B}"]
    assert not (engine.root / "run/dicom/docker").exists()
