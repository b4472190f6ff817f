"""The host's API client against loopback servers that check every signature with the vendor's own SDKs."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.cloud.vendor_api import Failure, VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets import forks

pytestmark = pytest.mark.server


def client(host: ScratchHost, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    script = host.root / "opt/dicom/docker_host/current/alicloud.py"
    return forks.on_host(host, script, *words, more=more)


def names(host: ScratchHost, **secrets: str) -> None:
    host.put("/etc/dicom/secrets.json", json.dumps({key.replace("_", "-"): name for key, name in secrets.items()}))


def said(run: subprocess.CompletedProcess[str]) -> str:
    return run.stdout + run.stderr


def in_memory(host: ScratchHost) -> list[str]:
    return sorted(path.name for path in (host.root / "run/dicom/secrets").glob("*"))


def no_secret(text: str, api: VendorApi) -> None:
    for hidden in api.hidden():
        assert hidden not in text


def test_secrets_are_fetched_into_files_that_only_root_reads(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"site/ldap-root-g1": os.urandom(8).hex() + "\n", "site/database-g2": "ü" + os.urandom(8).hex()}
    names(host, ldap_root="site/ldap-root-g1", database="site/database-g2")
    run = client(host, "secrets")
    assert run.returncode == 0, run.stderr
    assert run.stdout == "secrets: 2 fetched, 0 in memory already\n"
    folder = host.root / "run/dicom/secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name, kms_name in (("ldap-root", "site/ldap-root-g1"), ("database", "site/database-g2")):
        assert (folder / name).read_text() == api.secrets[kms_name], "exactly, without a newline more or less"
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert api.refused == []
    assert api.log == [
        "token",
        "metadata meta-data/ram/security-credentials/",
        "metadata meta-data/ram/security-credentials/dicom-test-archive",
        "GetSecretValue site/database-g2",
        "GetSecretValue site/ldap-root-g1",
    ]
    no_secret(said(run), api)


def test_secrets_of_a_bucket_are_fetched_like_those_of_kms(host: ScratchHost, api: VendorApi) -> None:
    where = "oss://site-1-secrets/site/database-g2"
    api.secrets = {"site/ldap-root-g1": os.urandom(8).hex(), where: "ü" + os.urandom(8).hex() + "\n"}
    api.failures = {"oss-GET": [Failure(500), Failure(body=b"half", cut=True)]}
    names(host, ldap_root="site/ldap-root-g1", database=where)
    run = client(host, "secrets")
    assert run.returncode == 0, run.stderr
    assert (host.root / "run/dicom/secrets/database").read_text() == api.secrets[where], "exactly, and whole"
    assert api.refused == []
    assert api.log.count("oss-GET /site-1-secrets/site/database-g2") == 3
    no_secret(said(run), api)


def test_an_absent_secret_of_a_bucket_is_named_with_bucket_and_key_without_waiting(
    host: ScratchHost, api: VendorApi
) -> None:
    names(host, a="oss://site-1-secrets/site/a-g1")
    run = client(host, "secrets")
    assert run.returncode == 1
    assert run.stderr == (
        "alicloud.py secrets: a: oss GET site-1-secrets/site/a-g1: HTTP 404 NoSuchKey The key is not there.\n"
    )
    assert len([line for line in api.log if line.startswith("oss-GET")]) == 1


def test_fetching_again_leaves_equal_files_and_drops_what_is_no_longer_wanted(
    host: ScratchHost, api: VendorApi
) -> None:
    api.secrets = {"a1": os.urandom(8).hex(), "b1": os.urandom(8).hex()}
    names(host, a="a1", b="b1")
    assert client(host, "secrets").returncode == 0
    kept = (host.root / "run/dicom/secrets/a").stat().st_ino
    names(host, a="a1")
    assert client(host, "secrets").returncode == 0
    assert (host.root / "run/dicom/secrets/a").stat().st_ino == kept
    assert in_memory(host) == ["a"]


def test_only_missing_secrets_are_asked_for_and_none_without_need(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"a1": os.urandom(8).hex(), "b1": os.urandom(8).hex()}
    names(host, a="a1")
    assert client(host, "secrets").returncode == 0
    names(host, a="a1", b="b1")
    api.log.clear()
    assert client(host, "secrets", "missing").stdout == "secrets: 1 fetched, 1 in memory already\n"
    assert [line for line in api.log if line.startswith("Get")] == ["GetSecretValue b1"]
    api.log.clear()
    assert client(host, "secrets", "missing").stdout == "secrets: 0 fetched, 2 in memory already\n"
    assert api.log == []


def test_a_changed_secret_replaces_its_file(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"a1": "first-" + os.urandom(4).hex()}
    names(host, a="a1")
    assert client(host, "secrets").returncode == 0
    api.secrets["a1"] = "second-" + os.urandom(4).hex()
    assert client(host, "secrets").returncode == 0
    assert host.read("/run/dicom/secrets/a") == api.secrets["a1"]


def test_absent_secrets_are_all_named_at_once_without_waiting(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"b1": os.urandom(8).hex()}
    names(host, a="a1", b="b1", c="c1")
    run = client(host, "secrets")
    assert run.returncode == 1
    assert run.stderr == (
        "alicloud.py secrets: a: kms GetSecretValue a1: HTTP 404 Forbidden.ResourceNotFound Resource not found. r-1; "
        "c: kms GetSecretValue c1: HTTP 404 Forbidden.ResourceNotFound Resource not found. r-1\n"
    )
    assert host.read("/run/dicom/secrets/b") == api.secrets["b1"], "what is there is fetched all the same"
    assert api.log.count("GetSecretValue a1") == 1
    no_secret(said(run), api)


def test_one_secret_goes_to_stdout(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"site/a": os.urandom(8).hex()}
    names(host, a="site/a")
    assert client(host, "secret", "a").stdout == api.secrets["site/a"]


def test_passing_refusals_are_waited_out(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"a1": os.urandom(8).hex()}
    names(host, a="a1")
    api.failures = {
        "token": [Failure(503)],
        "metadata": [Failure(404, b"no role yet")],
        "GetSecretValue": [
            Failure(403, b'{"Code":"Forbidden.NoPermission","Message":"not yet"}'),
            Failure(body=b"<html>"),
        ],
    }
    run = client(host, "secrets", DICOM_API_SECONDS="20")
    assert run.returncode == 0, run.stderr
    assert host.read("/run/dicom/secrets/a") == api.secrets["a1"]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure(403, b'{"Code":"Forbidden.NoPermission","Message":"no right","RequestId":"r-7"}'), "no right r-7"),
        (Failure(body=b"[]"), "TypeError"),
        (Failure(body=b'{"SecretName":"a1"}'), "KeyError: 'SecretData'"),
        (Failure(body=b"<html>login here</html>"), "JSONDecodeError"),
        (Failure(500, b"oops"), "HTTP 500"),
    ],
)
def test_a_wrong_answer_ends_at_the_deadline_and_says_what_came(
    host: ScratchHost, api: VendorApi, failure: Failure, words: str
) -> None:
    names(host, a="a1")
    api.failures = {"GetSecretValue": [failure] * 50}
    run = client(host, "secrets", DICOM_API_SECONDS="1")
    assert run.returncode == 1
    assert "a: kms GetSecretValue a1: no good answer before the deadline; last: " in run.stderr
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_wrong_signature_is_not_tried_again(host: ScratchHost, api: VendorApi) -> None:
    names(host, a="a1")
    api.failures = {"GetSecretValue": [Failure(400, b'{"Code":"SignatureDoesNotMatch","Message":"differs"}')] * 2}
    run = client(host, "secrets")
    assert "HTTP 400 SignatureDoesNotMatch differs" in run.stderr
    assert api.log.count("GetSecretValue a1") == 1


def test_the_loopback_servers_do_judge_signatures(host: ScratchHost, api: VendorApi, tmp_path: Path) -> None:
    names(host, a="a1")
    api.secrets, api.expected_key = {"a1": os.urandom(8).hex()}, os.urandom(15).hex()
    api.objects["/bucket/a"] = b"data"
    assert "SignatureDoesNotMatch" in client(host, "secrets").stderr
    assert "SignatureDoesNotMatch" in client(host, "oss-get", "bucket", "a", str(tmp_path / "a")).stderr
    assert len(api.refused) == 2


def test_a_host_without_a_role_says_so(host: ScratchHost, api: VendorApi) -> None:
    names(host, a="a1")
    api.role = None
    run = client(host, "secrets", DICOM_API_SECONDS="1")
    assert run.returncode == 1
    assert (
        "key of this host's RAM role (is one attached?): no good answer before the deadline; last: HTTP 404"
        in run.stderr
    )


def test_no_metadata_service_at_all_says_so(host: ScratchHost) -> None:
    names(host, a="a1")
    run = client(host, "secrets", DICOM_API_SECONDS="1", DICOM_METADATA_URL="http://127.0.0.1:9")
    assert run.returncode == 1
    assert "Connection refused" in run.stderr
    assert "Traceback" not in run.stderr


def test_before_the_boot_step_the_client_says_which_file_lacks(host: ScratchHost) -> None:
    run = client(host, "secrets")
    assert run.returncode == 1
    assert run.stderr.startswith("alicloud.py secrets: /etc/dicom/secrets.json: ")
    assert run.stderr.endswith("; the boot step writes it\n")


@pytest.mark.parametrize("words", [(), ("nonsense",), ("oss-get", "bucket"), ("secret",), ("registry-login", "x")])
def test_wrong_usage_prints_the_usage(host: ScratchHost, words: tuple[str, ...]) -> None:
    run = client(host, *words)
    assert run.returncode == 1
    assert run.stderr.startswith("usage: alicloud.py")
    assert "oss-get BUCKET KEY FILE" in run.stderr


def test_the_registry_login_hands_the_password_to_docker_on_stdin_only(host: ScratchHost, api: VendorApi) -> None:
    host.stand_in("docker", 'mkdir -p "$2"; cat >"$HOST_ROOT/../stdin"')
    run = client(host, "registry-login")
    assert run.returncode == 0, run.stderr
    config = host.root / "run/dicom/docker"
    assert host.calls() == [
        f"docker --config {config} login --username cr_temp_user --password-stdin registry.example.com"
    ]
    assert (host.root.parent / "stdin").read_text() == api.registry_password
    assert stat.S_IMODE(config.stat().st_mode) == 0o700
    assert run.stdout == "registry: logged in at registry.example.com\n"
    assert api.refused == []
    no_secret(said(run) + "".join(host.calls()), api)


def test_a_refused_login_shows_dockers_words(host: ScratchHost) -> None:
    host.stand_in("docker", "echo 'unauthorized: bad user' >&2; exit 1")
    run = client(host, "registry-login")
    assert run.returncode == 1
    assert run.stderr == "alicloud.py registry-login: docker login registry.example.com: unauthorized: bad user\n"


def test_without_a_registry_instance_nobody_logs_in(host: ScratchHost, api: VendorApi) -> None:
    host.put("/etc/dicom/host.json", json.dumps({"region": "x", "registry": "r/d", "registry_instance_id": ""}))
    run = client(host, "registry-login")
    assert run.returncode == 0
    assert run.stdout == "registry: no instance id given, pulling without login\n"
    assert api.log == []


@pytest.mark.parametrize("key", ["backup/ldap.ldif.gz", "a b/ü+~(1)*.sql"])
def test_an_object_goes_to_the_bucket_and_back(host: ScratchHost, api: VendorApi, tmp_path: Path, key: str) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "up").write_bytes(data)
    run = client(host, "oss-put", str(tmp_path / "up"), "bucket", key)
    assert run.returncode == 0, run.stderr
    assert api.objects == {f"/bucket/{key}": data}
    run = client(host, "oss-get", "bucket", key, str(tmp_path / "down"))
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "down").read_bytes() == data
    assert api.refused == []


def test_a_download_that_breaks_off_is_tried_again_and_never_seen_half(
    host: ScratchHost, api: VendorApi, tmp_path: Path
) -> None:
    api.objects["/bucket/a"] = b"whole"
    api.failures = {"oss-GET": [Failure(200, b"wh", cut=True)]}
    assert client(host, "oss-get", "bucket", "a", str(tmp_path / "a")).returncode == 0
    assert (tmp_path / "a").read_bytes() == b"whole"
    api.failures = {"oss-GET": [Failure(200, b"wh", cut=True)] * 9}
    run = client(host, "oss-get", "bucket", "a", str(tmp_path / "b"), DICOM_API_SECONDS="1")
    assert run.returncode == 1
    assert "oss GET bucket/a: no good answer before the deadline; last: ValueError: ended after 2 bytes" in run.stderr
    assert not (tmp_path / "b").exists()


def test_an_absent_object_is_named(host: ScratchHost, tmp_path: Path) -> None:
    run = client(host, "oss-get", "bucket", "gone", str(tmp_path / "a"))
    assert run.stderr == "alicloud.py oss-get: oss GET bucket/gone: HTTP 404 NoSuchKey The key is not there.\n"


def test_uploading_a_file_that_is_not_there_is_no_traceback(host: ScratchHost, tmp_path: Path) -> None:
    run = client(host, "oss-put", str(tmp_path / "none"), "bucket", "a")
    assert run.returncode == 1
    assert "FileNotFoundError" in run.stderr
    assert "Traceback" not in run.stderr


def test_killed_in_the_middle_leaves_whole_secrets_and_a_second_run_finishes(host: ScratchHost, api: VendorApi) -> None:
    api.secrets = {"a1": os.urandom(8).hex(), "b1": os.urandom(8).hex()}
    names(host, a="a1", b="b1")
    api.failures = {"GetSecretValue": [Failure(500), Failure(500, seconds=20)]}
    script = host.root / "opt/dicom/docker_host/current/alicloud.py"
    environment = host.variables({"DICOM_API_SECONDS": "30"})
    with subprocess.Popen([sys.executable, str(script), "secrets"], env=environment) as running:
        while api.log.count("GetSecretValue a1") < 2:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    for name in in_memory(host):
        assert host.read(f"/run/dicom/secrets/{name}") == api.secrets[f"{name}1"]
    api.failures = {}
    assert client(host, "secrets").returncode == 0
    assert in_memory(host) == ["a", "b"]
