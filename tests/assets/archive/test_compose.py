"""The compose file as compose reads it, its health check by the real bash, and what must never be in it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.payload import Bundle, dicomweb_application
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.service.rooms.archive_cache import IN_COMPOSE
from tests.assets.archive.conftest import FILES, SECRETS, LoopbackArchive

TEXT = Bundle.from_assets("archive", {"cache": None, "tls": None}, only=FILES).text("compose.yaml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The compose file of a site without a shared folder."""
    path = tmp_path / "compose.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    arc: dict[str, Any] = yaml.safe_load(TEXT)["services"]["arc"]
    return arc


@pytest.mark.server
def test_compose_accepts_it_with_the_settings_that_up_writes(host: ScratchHost, file: Path) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed; run tools/system-programs.sh")
    assert host.script("up.sh", room="archive").returncode == 0
    settings = host.root / "opt/dicom/archive/compose.env"
    command = ["docker-compose", "-p", "dcm4chee", "--env-file", str(settings), "-f", str(file), "config"]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    arc = yaml.safe_load(done.stdout)["services"]["arc"]
    # Compose 1 leaves a port with an address as it is written.
    published = {port["published"] if isinstance(port, dict) else int(port.split(":")[-2]) for port in arc["ports"]}
    assert published == {8080, 8443, 11112, 2762, 2575, 12575}
    assert arc["environment"]["WILDFLY_WAIT_FOR"] == "172.18.92.189:389 pgm-test.pg.rds.example.com:5432"
    assert arc["environment"]["POSTGRES_JDBC_PARAMS"] == "sslmode=require"


def test_http_is_published_to_this_host_alone_and_dicom_and_hl7_to_the_network(written: dict[str, Any]) -> None:
    assert {port for port in written["ports"] if "8080" in port or "8443" in port} == {
        "127.0.0.1:8080:8080",
        "127.0.0.1:8443:8443",
    }
    assert {port for port in written["ports"] if not port.startswith("127.0.0.1:")} == {
        "11112:11112",
        "2762:2762",
        "2575:2575",
        "12575:12575",
    }


def test_compose_refuses_it_without_settings(tmp_path: Path, file: Path) -> None:
    if shutil.which("docker-compose") is None:
        pytest.skip("docker-compose is not installed; run tools/system-programs.sh")
    done = subprocess.run(
        ["docker-compose", "-f", str(file), "config"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.returncode != 0
    assert "IMAGE" in done.stderr


def test_no_management_port_is_published_and_no_password_is_a_plain_variable(written: dict[str, Any]) -> None:
    assert not any("999" in port for port in written["ports"])
    passwords = {name: value for name, value in written["environment"].items() if "PASS" in name}
    assert all(name.endswith("_FILE") and value.startswith("/run/secrets/") for name, value in passwords.items())
    assert {value.removeprefix("/run/secrets/") for value in passwords.values()} == set(SECRETS)
    assert set(written["secrets"]) == set(SECRETS)


def test_the_engine_starts_nothing_by_itself_after_a_reboot_and_logs_are_limited(written: dict[str, Any]) -> None:
    assert written["restart"] == "on-failure"
    assert written["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


def test_java_gets_the_same_flags_here_as_on_serverless_app_engine(written: dict[str, Any]) -> None:
    heap, flags = written["environment"]["JAVA_OPTS"].split(" -XX", 1)
    assert heap == "-Xms${HEAP_START_MB:?}m -Xmx${HEAP_MB:?}m"
    assert f"-XX{flags}" == dicomweb_application.JAVA_FLAGS


def test_the_container_has_time_to_end_what_it_is_doing(written: dict[str, Any]) -> None:
    assert written["stop_grace_period"] == f"{dicomweb_application.TERMINATION_SECONDS}s"
    assert dicomweb_application.SUSPEND_SECONDS < dicomweb_application.TERMINATION_SECONDS


@pytest.mark.server
@pytest.mark.parametrize(
    ("status", "healthy"), [('{"status":"STARTED"}', True), ('{"status":"STOPPED"}', False), ("", False)]
)
def test_health_is_what_the_archive_says(
    status: str, healthy: bool, written: dict[str, Any], archive: LoopbackArchive
) -> None:
    archive.status = [status]
    assert _healthy(written, archive.url.rpartition(":")[2]) == healthy


def test_an_archive_that_does_not_listen_is_not_healthy(written: dict[str, Any]) -> None:
    assert not _healthy(written, "1")


def _healthy(written: dict[str, Any], port: str) -> bool:
    kind, *command = written["healthcheck"]["test"]
    assert kind == "CMD"
    command[-1] = command[-1].replace("/8080 ", f"/{port} ")
    return subprocess.run(command, capture_output=True, timeout=10).returncode == 0


def started(written: dict[str, Any], volume: Path, image: str = 'printf "%s\\n" "$@"') -> list[str]:
    """What `image` says, a shell's words in place of the image's entry point, after what compose does before it."""
    entry = volume.parent / "entry.sh"
    entry.write_text(f"#!/bin/bash\nset -e\ncd {volume}\n{image}\n")
    entry.chmod(0o755)
    shell, option, script, name = written["entrypoint"]
    here = script.replace("/opt/wildfly/standalone", str(volume)).replace("/docker-entrypoint.sh", str(entry))
    command = [shell, option, here.replace("$$", "$"), name, *written["command"]]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def files(volume: Path) -> set[str]:
    return {str(path.relative_to(volume)) for path in volume.rglob("*") if path.is_file()}


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """Of an archive that has run: WildFly wrote down what it booted with."""
    folder = tmp_path / "standalone"
    for name in (
        *("data/spool", "log/server.log", "deployments/arc.ear", "deployments/arc.ear.deployed"),
        *("configuration/dcm4chee-arc.xml", "configuration/standalone_xml_history/dcm4chee-arc.boot.xml"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("as it was")
    return folder


def test_markers_of_a_failed_or_cut_off_start_are_gone_at_every_start(written: dict[str, Any], volume: Path) -> None:
    """The image notes that its chown is done before it does it: killed there, WildFly could never write its log."""
    before = files(volume)
    for name in ("chown.done", "deployments/arc.ear.failed", "deployments/ui.war.isdeploying"):
        (volume / name).touch()
    assert started(written, volume) == ["standalone.sh", "-b", "0.0.0.0", "-bmanagement", "0.0.0.0"]
    assert files(volume) == before


COPY = """
for folder in configuration deployments; do
  {absent}
  mkdir -p $folder
  for file in a b c; do
    [ -e $folder/$file ] || printf whole >$folder/$file
    [ "$folder/$file" != "$CUT" ] || {{ printf half >$folder/$file; exit; }}
  done
done
touch chown.done
"""
COPY_IF_ABSENT = COPY.format(absent="[ ! -d $folder ] || continue")
"""The copy of images 5.25.0 and 5.25.1 into their volume."""
COPY_NEWER = COPY.format(absent="")
"""That of later ones: a file that a kill cut off is newer than theirs."""


@pytest.mark.parametrize("image", [COPY_IF_ABSENT, COPY_NEWER], ids=["5.25.0", "5.25.2"])
@pytest.mark.parametrize("cut", ["configuration/a", "configuration/c", "deployments/b", "deployments/c"])
def test_a_first_start_that_was_killed_while_it_copied_copies_anew(
    written: dict[str, Any], tmp_path: Path, image: str, cut: str
) -> None:
    folder = tmp_path / "standalone"
    (folder / "log").mkdir(parents=True)
    (folder / "log/server.log").touch()
    started(written, folder, f"CUT={cut}\n{image}")
    assert (folder / cut).read_text() == "half"
    started(written, folder, image)
    whole = {f"{each}/{file}" for each in ("configuration", "deployments") for file in "abc"}
    assert files(folder) == whole | {"log/server.log", "chown.done"}
    assert {(folder / name).read_text() for name in whole} == {"whole"}


def test_what_an_archive_has_run_with_stays_wherever_its_last_start_was_killed(
    written: dict[str, Any], volume: Path
) -> None:
    before = files(volume)
    started(written, volume, COPY_IF_ABSENT)
    assert files(volume) == {*before, "chown.done"}
    started(written, volume, "exit")
    started(written, volume, "exit")
    assert files(volume) == before
    assert (volume / "configuration/dcm4chee-arc.xml").read_text() == "as it was"


def test_a_start_that_was_killed_after_it_copied_keeps_what_it_copied(written: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "standalone"
    folder.mkdir()
    started(written, folder, COPY_IF_ABSENT)
    (folder / "configuration/a").write_text("with the management user")
    started(written, folder, COPY_IF_ABSENT)
    assert (folder / "configuration/a").read_text() == "with the management user"


def test_the_time_zone_is_given_to_the_jvm_by_the_variable_that_it_reads_first(written: dict[str, Any]) -> None:
    assert written["environment"]["TZ"] == "${TIME_ZONE:?}"
    assert not any("localtime" in volume for volume in written["volumes"])


def test_the_bundle_holds_what_the_steps_need_and_fits() -> None:
    bundle = Bundle.from_assets("archive", {"cache": None, "tls": None}, only=FILES)
    assert {file.path for file in bundle.files if file.mode == 0o755} == {"check.sh", "test_data.sh", "up.sh"}
    assert len(bundle.packed) < 12 * 1024


def test_with_a_shared_folder_it_is_mounted_and_the_archive_does_not_start_without_its_mark() -> None:
    text = Bundle.from_assets("archive", {"cache": IN_COMPOSE, "tls": None}, only=FILES).text("compose.yaml")
    arc = yaml.safe_load(text)["services"]["arc"]
    assert "${DICOM_ROOT:-}/mnt/dicom-cache:/opt/cache" in arc["volumes"]
    program, option, script, *rest = arc["entrypoint"]
    assert (program, option, rest) == ("/bin/bash", "-c", ["start"])
    done = subprocess.run(
        [program, option, script.replace("$$", "$"), *rest], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "/opt/cache is not the shared folder: run the step mount, docs/storage.md\n"


def test_without_one_nothing_of_it_is_there(written: dict[str, Any]) -> None:
    assert "cache" not in TEXT
    assert len(written["volumes"]) == 2
