"""Step `image` on the archive host: built and pushed exactly once, with a login that does not stay."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload import image_tag
from dicom_cdk.payload.gateway_image import PLAIN, STEP
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

BASE = "registry.example.com/dicom/nginx:1.28.0"
IMAGE = f"registry.example.com/dicom/nginx:{image_tag.image_tag(BASE)}"

# Registry and engine are folders; what needs a login looks for one.
DOCKER = """
registry="$HOST_ROOT/registry"; engine="$HOST_ROOT/engine"; mkdir -p "$registry" "$engine"
name() { tr / _ <<<"$1"; }
logged_in() { [ -e "$DOCKER_CONFIG/config.json" ] || { echo "unauthorized: authentication required" >&2; exit 1; }; }
case $1 in
  --config) cat >/dev/null; mkdir -p "$2"; touch "$2/config.json" ;;
  manifest) logged_in; [ -e "$registry/$(name "$3")" ] || { echo "no such manifest: $3" >&2; exit 1; } ;;
  image) [ -e "$engine/$(name "$3")" ] ;;
  pull)
    logged_in; [ -e "$registry/$(name "$3")" ] || { echo "manifest for $3 not found: manifest unknown" >&2; exit 1; }
    touch "$engine/$(name "$3")" ;;
  build)
    [ "$3 $4" = "--build-arg BASE=$(cat "$HOST_ROOT/base")" ] || exit 3
    for file in Dockerfile default.conf.template nginx.conf 15-dicom-gateway.sh; do [ -s "$7/$file" ] || exit 4; done
    touch "$engine/$(name "$6")" ;;
  push) logged_in; [ -e "$engine/$(name "$3")" ] && touch "$registry/$(name "$3")" ;;
  *) exit 9 ;;
esac
"""


@pytest.fixture
def api() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, api: VendorApi) -> ScratchHost:
    host = ScratchHost(
        tmp_path / "root",
        {**api.environment(), "DICOM_API_SECONDS": "3", "DICOM_PAUSE": "0.1", "DICOM_SECONDS": "20"},
    )
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    host.install(PLAIN.files(STEP))
    config = {"region": REGION, "registry": "registry.example.com/dicom", "registry_instance_id": "cri-test"}
    host.put("/etc/dicom/host.json", json.dumps(config))
    host.put("/opt/dicom/gateway/values.json", json.dumps({"image": IMAGE, "base": BASE}))
    host.put("/base", BASE + "\n")
    in_registry(host, BASE)
    host.stand_in("docker", DOCKER)
    return host


def in_registry(host: ScratchHost, image: str) -> None:
    host.put(f"/registry/{image.replace('/', '_')}", "")


def build(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("image.sh", room="gateway", more=more)


def changes(host: ScratchHost) -> list[str]:
    return [call.split()[1] for call in host.calls() if call.split()[1] in ("build", "push", "pull")]


def test_it_is_built_on_the_sites_base_and_pushed_and_no_login_stays(host: ScratchHost, api: VendorApi) -> None:
    done = build(host)
    assert done.returncode == 0, done.stderr
    assert changes(host) == ["pull", "build", "push"]
    (built,) = [call for call in host.calls() if call.startswith("docker build")]
    folder = (host.root / "opt/dicom/gateway/current").resolve()
    assert built == f"docker build -q --build-arg BASE={BASE} -t {IMAGE} {folder}"
    assert done.stdout.endswith(f"built and pushed {IMAGE}\n")
    assert not (host.root / "run/dicom/docker").exists()
    assert api.registry_password not in done.stdout + done.stderr + "".join(host.calls())


def test_a_tag_that_is_there_is_left_alone(host: ScratchHost) -> None:
    assert build(host).returncode == 0
    host.forget()
    done = build(host)
    assert (done.returncode, changes(host)) == (0, [])
    assert f"{IMAGE} is in the registry" in done.stdout
    assert not (host.root / "run/dicom/docker").exists()


def test_a_registry_that_cannot_be_asked_is_waited_for_and_never_taken_for_an_empty_one(host: ScratchHost) -> None:
    in_registry(host, IMAGE)
    body = DOCKER.replace(
        "  manifest) ",
        '  manifest) [ "$(grep -c manifest "$HOST_CALLS")" -gt 3 ] || { echo "dial tcp: no such host" >&2; exit 1; }; ',
    )
    host.stand_in("docker", body)
    done = build(host)
    assert (done.returncode, changes(host)) == (0, [])
    host.stand_in("docker", body.replace("-gt 3", "-gt 999"))
    done = build(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert f"gateway-image: still waiting for the registry's word on {IMAGE}" in done.stderr
    assert "no such host" in done.stderr
    assert changes(host) == []


def test_a_push_is_tried_again_and_one_that_another_run_won_is_right(host: ScratchHost) -> None:
    body = DOCKER.replace(
        "  push) ", '  push) [ "$(grep -c "^docker push" "$HOST_CALLS")" -gt 2 ] || { echo reset >&2; exit 1; }; '
    )
    host.stand_in("docker", body)
    assert build(host).returncode == 0
    assert changes(host) == ["pull", "build", "push", "push", "push"]
    (host.root / "registry" / IMAGE.replace("/", "_")).unlink()
    host.forget()
    # Immutable tags: the registry refuses a tag that somebody else pushed meanwhile.
    refuse = 'touch "$registry/$(name "$3")"; echo "tag is immutable" >&2; exit 1;'
    host.stand_in("docker", DOCKER.replace("  push) ", f"  push) {refuse} "))
    assert build(host).returncode == 0
    assert changes(host) == ["build", "push"]


def test_a_base_that_never_comes_is_asked_for_by_name(host: ScratchHost) -> None:
    (host.root / "registry" / BASE.replace("/", "_")).unlink()
    done = build(host, DICOM_SECONDS="2", DICOM_IMAGES_SECONDS="2")
    assert done.returncode == 1
    assert f"registry: {BASE}; bring each" in done.stderr
    assert "build" not in changes(host)


def test_a_build_that_fails_ends_the_step_and_nothing_is_pushed(host: ScratchHost) -> None:
    host.put("/base", "another\n")
    done = build(host)
    assert done.returncode == 3
    assert changes(host) == ["pull", "build"]


def test_a_missing_value_stops_it_by_name(host: ScratchHost) -> None:
    for key in ("image", "base"):
        values = {"image": IMAGE, "base": BASE}
        del values[key]
        host.put("/opt/dicom/gateway/values.json", json.dumps(values))
        done = build(host)
        assert done.returncode == 1
        assert f"gateway-image: no value '{key}' in" in done.stderr
        assert host.calls() == []


@pytest.mark.parametrize("fault", ["kill -9 $PPID", "echo broken >&2; exit 1"])
@pytest.mark.parametrize("verb", ["--config", "manifest", "image", "pull", "build", "push"])
def test_a_run_that_broke_at_any_call_of_the_engine_is_mended_by_the_next(
    verb: str, fault: str, host: ScratchHost
) -> None:
    once = f'if [ "$1" = {verb} ] && [ ! -e "$HOST_ROOT/broken" ]; then touch "$HOST_ROOT/broken"; {fault}; fi\n'
    host.stand_in("docker", once + DOCKER)
    first = build(host)
    assert first.returncode == 0 or first.stderr, "a failure says something"
    done = build(host)
    assert done.returncode == 0, done.stderr
    assert (host.root / "registry" / IMAGE.replace("/", "_")).exists()
    assert not (host.root / "run/dicom/docker").exists()
    assert changes(host).count("push") <= 2
