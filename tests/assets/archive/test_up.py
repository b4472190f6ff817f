"""Step `up`: settings and key store, image, container, STARTED; each looked at before it is made."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import threading
import time

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import SECRETS, VALUES, LoopbackArchive, calls, give

pytestmark = pytest.mark.server

ENV = "/opt/dicom/archive/compose.env"
CRON = "/etc/cron.d/dicom-archive"
KEYS = "/var/local/dicom/keystore/key.p12"


def up(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("up.sh", room="archive", more=more)


def opens(host: ScratchHost, secret: str = "archive-keystore") -> "subprocess.CompletedProcess[str]":
    key, password = host.root / KEYS[1:], host.root / "run/dicom/secrets" / secret
    command = ["openssl", "pkcs12", "-in", str(key), "-passin", f"file:{password}", "-nodes"]
    return subprocess.run(command, capture_output=True, text=True)


def settings(host: ScratchHost) -> dict[str, str]:
    return dict(line.split("=", 1) for line in host.read(ENV).splitlines())


def test_first_run_writes_settings_and_keys_and_starts_the_container(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    done = up(host)
    assert done.returncode == 0, done.stderr
    folder = f"/opt/dicom/archive/{(host.root / 'opt/dicom/archive/current').readlink()}"
    assert calls(host) == [
        f"docker compose -p dcm4chee --project-directory {folder} -f {folder}/compose.yaml "
        f"--env-file {ENV} up -d --wait --remove-orphans"
    ]
    written = settings(host)
    assert written["IMAGE"] == VALUES["image"]
    assert written["WAIT_FOR"] == "172.18.92.189:389 pgm-test.pg.rds.example.com:5432"
    assert written["POSTGRES_SSLMODE"] == "require"
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1048576
    assert int(written["HEAP_MB"]) == memory * 60 // 100
    assert int(written["HEAP_START_MB"]) == int(written["HEAP_MB"]) // 4
    assert (host.root / ENV[1:]).stat().st_mode & 0o777 == 0o600
    assert archive.log == ["GET /dcm4chee-arc/ctrl/status"]
    assert done.stdout.splitlines()[-1] == "archive is up"


def test_second_run_changes_no_file_and_asks_for_the_same_container(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    files = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in host.root.rglob("*") if path.is_file()}
    first = calls(host)
    host.forget()
    done = up(host)
    assert (done.returncode, calls(host)) == (0, first)
    assert "settings changed" not in done.stdout
    now = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in host.root.rglob("*") if path.is_file()}
    ignored = host.root / "container"
    assert {p: c for p, c in now.items() if p != ignored} == {p: c for p, c in files.items() if p != ignored}


def test_the_certificate_is_the_hosts_own_and_opens_with_the_secret_only(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    shown = opens(host)
    assert shown.returncode == 0
    certificate = subprocess.run(
        ["openssl", "x509", "-noout", "-subject", "-ext", "subjectAltName"],
        input=shown.stdout,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "CN = 172.18.92.180" in certificate
    assert "IP Address:172.18.92.180" in certificate
    assert opens(host, "database").returncode != 0
    assert list((host.root / "run/dicom").glob("keystore.*")) == []


def test_a_key_store_of_ones_own_that_opens_stays(host: ScratchHost) -> None:
    give(host, archive_host="archive.hospital.example")
    assert up(host).returncode == 0
    own = (host.root / KEYS[1:]).read_bytes()
    give(host, archive_host="other.hospital.example")
    assert up(host).returncode == 0
    assert (host.root / KEYS[1:]).read_bytes() == own


def test_a_rotated_password_makes_new_keys_keeps_the_old_ones_and_a_new_container(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    old, before = (host.root / KEYS[1:]).read_bytes(), settings(host)["SECRETS_HASH"]
    host.put("/run/dicom/secrets/archive-keystore", "another" * 5)
    done = up(host)
    assert "kept as key.p12.old" in done.stdout
    assert opens(host).returncode == 0
    assert (host.root / f"{KEYS[1:]}.old").read_bytes() == old
    assert settings(host)["SECRETS_HASH"] != before


def test_another_key_store_makes_the_container_anew(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    before = settings(host)
    hospital(host)
    done = up(host)
    assert done.returncode == 0, done.stderr
    now = settings(host)
    assert {name for name in now if now[name] != before[name]} == {"KEYS_HASH"}, "read by a container's start only"


def hospital(host: ScratchHost, *options: str, password: str | None = None) -> bytes:
    """Puts a key store that openssl exports with `options` where the archive's belongs; its bytes."""
    work = host.root.parent / "hospital"
    work.mkdir()
    pair = ["-keyout", str(work / "key.pem"), "-out", str(work / "chain.pem")]
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=hospital", *pair]
    subprocess.run(request, capture_output=True, check=True)
    password = password or host.read("/run/dicom/secrets/archive-keystore")
    keys = host.put(KEYS, "")
    export = [
        "openssl",
        "pkcs12",
        "-export",
        "-passout",
        f"pass:{password}",
        "-out",
        str(keys),
        "-in",
        str(work / "chain.pem"),
    ]
    given = [str(work / "key.pem") if one == "KEY" else one for one in options] or ["-inkey", str(work / "key.pem")]
    subprocess.run([*export, *given], capture_output=True, check=True)
    return keys.read_bytes()


def test_a_key_store_of_windows_or_openssl_1_stays(host: ScratchHost) -> None:
    own = hospital(host, "-legacy", "-inkey", str(host.root.parent / "hospital/key.pem"))
    assert opens(host).returncode != 0, "OpenSSL 3 opens it without its legacy provider: the test shows nothing"
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert (host.root / KEYS[1:]).read_bytes() == own


ALONE = ("-nocerts", "-inkey", "KEY")
"""A key without its certificate, which Java cannot use."""


@pytest.mark.parametrize(("options", "password"), [((), "of-somebody-else"), (("-nokeys",), None), (ALONE, None)])
def test_a_key_store_of_others_that_is_of_no_use_stops_the_step_and_stays(
    options: tuple[str, ...], password: str | None, host: ScratchHost
) -> None:
    own = hospital(host, *options, password=password)
    done = up(host)
    assert done.returncode == 1
    assert (
        f"{host.root}{KEYS} was not made here and does not open with the password of secret archive-keystore, or holds no "
        "private key with its certificate: export it anew as PKCS#12, key and chain, with this password; "
        "or remove it for a self-signed one"
    ) in done.stderr
    assert (host.root / KEYS[1:]).read_bytes() == own


def test_each_rotated_password_changes_the_settings(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    for name in SECRETS:
        before = settings(host)["SECRETS_HASH"]
        host.put(f"/run/dicom/secrets/{name}", "rotated" * 5)
        assert "settings changed" in up(host).stdout
        assert settings(host)["SECRETS_HASH"] != before


def test_no_password_is_in_arguments_settings_or_output(host: ScratchHost) -> None:
    done = up(host)
    said = done.stdout + done.stderr + "\n".join(host.calls()) + host.read(ENV)
    for name in SECRETS:
        assert host.read(f"/run/dicom/secrets/{name}") not in said


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_secret_stops_it_before_anything_is_done(name: str, host: ScratchHost) -> None:
    (host.root / "run/dicom/secrets" / name).unlink()
    done = up(host)
    assert done.returncode == 1
    assert f"archive-up: secret '{name}' is not in" in done.stderr
    assert "systemctl status dicom-secrets" in done.stderr
    assert calls(host) == []
    assert not (host.root / ENV[1:]).exists()


@pytest.mark.parametrize(
    "key",
    [
        "image",
        "archive_host",
        "ldap_url",
        "base_dn",
        "device_name",
        "database_host",
        "database_port",
        "database_name",
        "database_user",
        "heap_percent",
        "log_retention_days",
        "time_zone",
    ],
)
def test_a_missing_value_stops_it_by_name(key: str, host: ScratchHost) -> None:
    give(host, **{key: None})
    done = up(host)
    assert done.returncode == 1
    assert f"archive-up: no value '{key}' in" in done.stderr
    assert calls(host) == []
    assert not (host.root / ENV[1:]).exists()


def test_it_waits_for_started_and_gives_up_with_the_archives_last_word(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    archive.status = ["", '{"status":"STOPPED"}', '{"status":"STARTED"}']
    assert up(host).returncode == 0
    assert len(archive.log) == 3
    archive.status = ['{"status":"STOPPED"}']
    done = up(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert (
        "archive-up: still waiting for the archive on port 8080 (log: /var/local/dicom/wildfly/log/server.log); "
        'last answer: {"status":"STOPPED"}' in done.stderr
    )


def test_a_container_that_waits_for_a_neighbour_is_told_from_one_that_is_slow(host: ScratchHost) -> None:
    give(host, ldap_url="ldap://127.0.0.1:1", database_host="127.0.0.1", database_port=1)
    done = up(host, DICOM_SECONDS="2", DICOM_ARCHIVE_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "last answer: no connection to " in done.stderr
    assert "which the container waits for before it starts" in done.stderr


@pytest.mark.parametrize("answer", [b"", None], ids=["52", "56"])
def test_an_engines_proxy_that_drops_the_connection_is_no_archive_that_answers(
    answer: bytes | None, host: ScratchHost
) -> None:
    """It takes connections for a container in which nobody listens yet."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        give(host, ldap_url="ldap://127.0.0.1:1", database_host="127.0.0.1", database_port=proxy.getsockname()[1])

        def drop() -> None:
            while True:
                try:
                    connection, _ = proxy.accept()
                except OSError:
                    return
                if answer is None:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    connection.recv(65536)
                connection.close()

        thread = threading.Thread(target=drop)
        thread.start()
        url = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        done = up(host, DICOM_SECONDS="2", DICOM_ARCHIVE_URL=url)
        proxy.shutdown(socket.SHUT_RDWR)
    thread.join()
    assert done.returncode == 1
    assert "last answer: no connection to 127.0.0.1:1, which the container waits for before it starts" in done.stderr


def test_an_engine_that_refuses_ends_it_with_the_engines_own_words(host: ScratchHost) -> None:
    host.stand_in("docker", 'case "$*" in image*) ;; *) echo "no space left on device" >&2; exit 1 ;; esac')
    done = up(host)
    assert done.returncode == 1
    assert "no space left on device" in done.stderr
    assert "failed" in done.stderr


def test_a_plain_key_that_a_killed_run_left_in_memory_is_removed_by_the_next(host: ScratchHost) -> None:
    host.stand_in("rm", f'case "$*" in *keystore.??????) kill -9 $PPID ;; *) exec {shutil.which("rm")} "$@" ;; esac')
    assert up(host).returncode != 0
    assert opens(host).returncode == 0
    assert list((host.root / "run/dicom").glob("keystore.*/key.pem"))
    (host.programs / "rm").unlink()
    assert up(host).returncode == 0
    assert list((host.root / "run/dicom").glob("keystore.*")) == []


def test_a_run_killed_while_keys_are_made_leaves_none_and_the_next_makes_them(host: ScratchHost) -> None:
    host.stand_in("openssl", f'[ "$2" != -export ] || kill -9 $PPID; exec {shutil.which("openssl")} "$@"')
    assert up(host).returncode != 0
    assert not (host.root / KEYS[1:]).exists()
    (host.programs / "openssl").unlink()
    assert up(host).returncode == 0
    assert opens(host).returncode == 0
    assert list((host.root / "run/dicom").glob("keystore.*")) == []


WILDFLY = "/var/local/dicom/wildfly"


def kept_by_an_image(host: ScratchHost) -> None:
    """What a first start leaves in the volume: two copied folders and two of the archive's own."""
    host.put(f"{WILDFLY}/deployments/dcm4chee-arc-ear-5.25.0-psql.ear", "old")
    host.put(f"{WILDFLY}/configuration/dcm4chee-arc.xml", "old")
    host.put(f"{WILDFLY}/data/audit-spool/one", "spooled")
    host.put(f"{WILDFLY}/log/server.log", "lines")


def folders(host: ScratchHost) -> set[str]:
    return {path.name for path in (host.root / WILDFLY[1:]).iterdir()}


def test_another_image_finds_no_programs_of_the_old_one_while_data_and_log_stay(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/image-id", "sha256:two\n")
    host.forget()
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert folders(host) == {"data", "log"}
    assert host.read(f"{WILDFLY}.before/configuration/dcm4chee-arc.xml") == "old"
    assert host.read(f"{WILDFLY}.before/deployments/dcm4chee-arc-ear-5.25.0-psql.ear") == "old"
    assert "deployments is kept in" in done.stdout
    asked = [call.rpartition(" stop")[1] or call.rpartition(" up -d")[1] for call in calls(host)]
    assert asked == [" stop", " stop", " up -d"], "moved while the old container ran"


def test_folders_of_the_last_image_that_answered_stay_while_those_after_it_do_not(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/image-id", "sha256:two\n")
    assert up(host).returncode == 0
    host.put(f"{WILDFLY}/configuration/dcm4chee-arc.xml", "of two, which never answered")
    host.put("/image-id", "sha256:three\n")
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "configuration of one that never answered is deleted" in done.stdout
    assert folders(host) == {"data", "log"}
    assert host.read(f"{WILDFLY}.before/configuration/dcm4chee-arc.xml") == "old"


def test_folders_that_may_go_are_deleted_by_the_next_run_and_replaced_by_the_next_image(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/image-id", "sha256:two\n")
    assert up(host).returncode == 0
    assert up(host).returncode == 0
    assert host.read(f"{WILDFLY}.before/configuration/dcm4chee-arc.xml") == "old", "nobody said that it may go"
    host.put(f"{WILDFLY}.before/may-go", "two\n")
    host.put(f"{WILDFLY}/configuration/dcm4chee-arc.xml", "of two")
    host.put("/image-id", "sha256:three\n")
    assert up(host).returncode == 0
    assert host.read(f"{WILDFLY}.before/configuration/dcm4chee-arc.xml") == "of two"
    assert not (host.root / f"{WILDFLY[1:]}.before/may-go").exists(), "that was said of another image"
    host.put(f"{WILDFLY}.before/may-go", "three\n")
    done = up(host)
    assert "is deleted: the image in use has answered" in done.stdout
    assert not (host.root / f"{WILDFLY[1:]}.before").exists()
    assert {"data", "log"} <= folders(host)


def test_the_same_image_keeps_its_folders_even_by_another_name(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    give(host, image="mirror.example.com/dicom/dcm4chee-arc-psql:5.25.0")
    assert up(host).returncode == 0
    assert folders(host) == {"configuration", "data", "deployments", "log"}


def test_another_image_under_the_same_tag_counts_as_another(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/image-id", "sha256:two\n")
    assert up(host).returncode == 0
    assert folders(host) == {"data", "log"}


def test_a_volume_of_unknown_origin_is_treated_as_another_images(host: ScratchHost) -> None:
    kept_by_an_image(host)
    assert up(host).returncode == 0
    assert folders(host) == {"data", "log"}


def test_a_rotated_management_password_reaches_wildfly_which_reads_it_once_only(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/run/dicom/secrets/wildfly-admin", "rotated" * 5)
    assert up(host).returncode == 0
    assert folders(host) == {"data", "log"}
    kept_by_an_image(host)
    host.put("/run/dicom/secrets/database", "rotated" * 5)
    assert up(host).returncode == 0
    assert "configuration" in folders(host)


def test_a_run_killed_between_the_two_moves_is_finished_by_the_next(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    kept_by_an_image(host)
    host.put("/image-id", "sha256:two\n")
    host.stand_in("mv", f'{shutil.which("mv")} "$@"; case "$*" in *before/configuration) kill -9 $PPID ;; esac')
    assert up(host).returncode != 0
    assert folders(host) == {"data", "deployments", "log"}
    (host.programs / "mv").unlink()
    assert up(host).returncode == 0
    assert folders(host) == {"data", "log"}
    assert host.read(f"{WILDFLY}.before/configuration/dcm4chee-arc.xml") == "old"


def test_old_logs_go_and_an_unhealthy_container_is_restarted_without_any_step(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    restart, retention = [line.split(" root ")[1] for line in host.read(CRON).splitlines() if " root " in line]
    host.stand_in("docker", 'case "$*" in *"health=unhealthy") echo c0ffee ;; esac')
    host.forget()
    subprocess.run(["sh", "-c", restart], env=host.variables({}), check=True)
    assert host.calls()[-1] == "docker restart c0ffee"
    old, new = (host.put(f"{WILDFLY}/log/server.log.{day}", "lines") for day in ("2020-01-01", "2026-01-01"))
    current = host.put(f"{WILDFLY}/log/server.log", "lines")
    now = time.time()
    for path, days in ((old, 182), (new, 179), (current, 182)):
        os.utime(path, (now - days * 86400,) * 2)
    (images := host.put(f"{WILDFLY}/data/fs1/1.log.2", "an image")).touch()
    audits = [host.put(f"{WILDFLY}/{name}.2020-01-01", "lines") for name in ("log/audit.log", "data/audit-log.log")]
    for path in (*audits, images):
        os.utime(path, (now - 182 * 86400,) * 2)
    subprocess.run(["sh", "-c", retention], check=True)
    assert (old.exists(), new.exists(), current.exists()) == (False, True, True)
    assert not any(path.exists() for path in audits)
    assert images.exists()


def test_no_container_is_restarted_while_a_step_of_the_room_runs(host: ScratchHost) -> None:
    assert up(host).returncode == 0
    restart = next(line.split(" root ")[1] for line in host.read(CRON).splitlines() if "restart" in line)
    host.stand_in("docker", 'case "$*" in *"health=unhealthy") echo c0ffee ;; esac')
    host.forget()
    with (host.root / "opt/dicom/archive/.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["sh", "-c", restart], env=host.variables({}))
    assert host.calls() == []
