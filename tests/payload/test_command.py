"""A command's launcher: static, one parameter, puts its bundle in place whole or not at all, and runs the entry."""

import base64
import json
import subprocess
import threading
import time
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle, MissingTemplateError, SecretInTextError, TooLargeError
from dicom_cdk.payload.command import Command, parameter_bytes
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

ENTRY = """#!/usr/bin/env bash
echo "room $DICOM_ROOM, $DICOM_SECONDS s, in $(readlink "$DICOM_ROOT/opt/dicom/directory/current")"
cat "$DICOM_ROOT/opt/dicom/directory/values.json"
"""
VALUES = {"text": 'it\'s "quoted" $HOME `id` \\ {{x}}', "list": [1, "VALUES"], "end": "VALUES"}


@pytest.fixture
def bundle() -> Bundle:
    return Bundle.of("directory", {"prepare.sh": ENTRY, "data/a.txt": "ü {{ not ours }}\n"})


@pytest.fixture
def host(tmp_path: Path) -> ScratchHost:
    return ScratchHost(tmp_path / "root")


def launch(host: ScratchHost, command: Command, values: object, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    """As Cloud Assistant does: substitutes, writes the script, runs it."""
    script = host.put("/assist/script.sh", command.text.replace("{{values}}", json.dumps(values)))
    return host.run(shell, str(script))


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_the_launcher_unpacks_writes_the_values_and_runs_the_entry(
    host: ScratchHost, bundle: Bundle, shell: str
) -> None:
    run = launch(host, Command(bundle, "prepare", 900), VALUES, shell)
    assert run.returncode == 0, run.stderr
    first, values = run.stdout.split("\n", 1)
    assert first == f"room directory, 870 s, in {bundle.hash12}"
    assert json.loads(values) == VALUES
    home = host.root / "opt/dicom/directory"
    assert (home / "current/data/a.txt").read_text() == "ü {{ not ours }}\n"
    assert (home / "values.json").stat().st_mode & 0o777 == 0o600
    assert (home / "current/prepare.sh").stat().st_mode & 0o777 == 0o755
    assert sorted(path.name for path in home.iterdir()) == [".lock", bundle.hash12, "current", "values.json"]


def test_launching_again_keeps_the_unpacked_files(host: ScratchHost, bundle: Bundle) -> None:
    command = Command(bundle, "prepare", 900)
    assert launch(host, command, {}).returncode == 0
    before = (host.root / "opt/dicom/directory/current/prepare.sh").stat()
    assert launch(host, command, {"a": 1}).returncode == 0
    after = (host.root / "opt/dicom/directory/current/prepare.sh").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert json.loads(host.read("/opt/dicom/directory/values.json")) == {"a": 1}


def test_a_new_bundle_becomes_current_beside_the_old_one(host: ScratchHost, bundle: Bundle) -> None:
    newer = Bundle.of("directory", {"prepare.sh": ENTRY + "# newer\n"})
    assert launch(host, Command(bundle, "prepare", 900), {}).returncode == 0
    assert f"in {newer.hash12}" in launch(host, Command(newer, "prepare", 900), {}).stdout
    assert (host.root / "opt/dicom/directory" / bundle.hash12).is_dir()


def test_killed_while_unpacking_nothing_half_is_current_and_a_second_run_finishes(
    host: ScratchHost, bundle: Bundle
) -> None:
    host.stand_in("python3", 'cat >/dev/null; touch "${@: -1}/half"; kill -9 $PPID')
    assert launch(host, Command(bundle, "prepare", 900), {}).returncode != 0
    home = host.root / "opt/dicom/directory"
    assert not (home / "current").exists()
    assert not (home / bundle.hash12).exists()
    (host.programs / "python3").unlink()
    assert launch(host, Command(bundle, "prepare", 900), {}).returncode == 0


def test_a_failing_unpacker_stops_the_step_before_anything_runs(host: ScratchHost, bundle: Bundle) -> None:
    host.stand_in("python3", "exit 2")
    run = launch(host, Command(bundle, "prepare", 900), {})
    assert run.returncode == 2
    assert run.stdout == ""


def test_the_exit_code_of_the_entry_is_the_launchers(host: ScratchHost) -> None:
    failing = Bundle.of("directory", {"prepare.sh": "#!/bin/bash\nexit 7\n"})
    assert launch(host, Command(failing, "prepare", 900), {}).returncode == 7


def test_two_steps_of_a_room_never_run_at_the_same_time(host: ScratchHost) -> None:
    slow = Bundle.of(
        "directory", {"prepare.sh": '#!/bin/bash\necho in >>"$HOST_CALLS"; sleep 0.5; echo out >>"$HOST_CALLS"\n'}
    )
    command = Command(slow, "prepare", 900)
    other = threading.Thread(target=launch, args=(host, command, {}))
    other.start()
    while not host.calls():
        time.sleep(0.01)
    assert launch(host, command, {}).returncode == 0
    other.join()
    assert host.calls() == ["in", "out", "in", "out"]


def test_a_step_that_finds_the_room_busy_for_too_long_says_so(host: ScratchHost, bundle: Bundle) -> None:
    host.stand_in("flock", "exit 1")
    run = launch(host, Command(bundle, "prepare", 900), {})
    assert run.returncode == 1
    assert host.calls() == ["flock -w 300 9"]
    assert run.stderr == "directory: another step still runs on this host; try again when it has ended\n"


def test_the_launcher_holds_one_parameter_and_nothing_else_that_would_be_substituted(bundle: Bundle) -> None:
    text = Command(bundle, "prepare", 900).text
    assert text.count("{{") == 1
    assert "\n{{values}}\nVALUES\n" in text
    assert "<<'VALUES'\n" in text


def test_the_content_is_base64_of_the_text_and_has_no_value_in_it(bundle: Bundle) -> None:
    command = Command(bundle, "prepare", 900)
    assert base64.b64decode(command.content).decode() == command.text


def test_the_name_hash_follows_bundle_entry_and_limit_only(bundle: Bundle) -> None:
    two = Bundle.of("directory", {"prepare.sh": ENTRY, "enable.sh": ENTRY})
    hashes = [
        Command(bundle, "prepare", 900).hash12,
        Command(bundle, "prepare", 901).hash12,
        Command(two, "prepare", 900).hash12,
        Command(two, "enable", 900).hash12,
    ]
    assert len(set(hashes)) == 4
    assert (
        Command(
            Bundle.of("directory", {"prepare.sh": ENTRY, "data/a.txt": "ü {{ not ours }}\n"}), "prepare", 900
        ).hash12
        == hashes[0]
    )


def test_an_entry_without_a_script_names_what_there_is(bundle: Bundle) -> None:
    with pytest.raises(
        MissingTemplateError, match=r"^bundle of directory: no enable\.sh; it has data/a\.txt, prepare\.sh$"
    ):
        Command(bundle, "enable", 900)


def test_a_time_limit_without_room_for_the_message_is_refused(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match=r"^directory/prepare: timeout_seconds 30, allowed more than 30$"):
        Command(bundle, "prepare", 30)


@pytest.mark.parametrize("room", ["Dir", "a b", "x;y", "a/b"])
def test_a_room_that_is_no_plain_word_is_refused(room: str) -> None:
    with pytest.raises(ValueError, match="allowed are a-z, 0-9, - and _"):
        Command(Bundle.of(room, {"a.sh": ""}), "a", 900)


def noise(size: int) -> bytes:
    """Bytes that do not compress, the same every time."""
    out, seed = bytearray(), 1
    while len(out) < size:
        seed = seed * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        out += (seed >> 32).to_bytes(4, "big")
    return bytes(out[:size])


def test_a_command_over_its_budget_names_room_parts_and_sizes() -> None:
    heavy = Bundle.of("directory", {"prepare.sh": ENTRY, "blob": noise(11_000)})
    command = Command(heavy, "prepare", 900)
    with pytest.raises(TooLargeError) as caught:
        command.check({"a": "b"})
    text = str(caught.value)
    assert text.startswith(f"directory/prepare: command has {len(command.content) + 13} bytes, allowed 18432: bundle ")
    assert ", launcher " in text
    assert ", values 13; shorten the largest part, or move it to an image or the bucket" in text


def test_a_bundle_over_its_budget_names_its_largest_files_first() -> None:
    heavy = Bundle.of("directory", {"prepare.sh": ENTRY, "small": noise(300), "blob": noise(13_000)})
    with pytest.raises(
        TooLargeError, match=r"^directory: packed bundle has \d+ bytes, allowed 12288: blob \d+, small \d+, "
    ):
        Command(heavy, "prepare", 900).check({})


def test_a_secret_in_a_file_or_a_value_is_refused_with_its_place_but_not_shown(bundle: Bundle) -> None:
    hidden = "LT" + "AI" + "5tFakeFakeFake01"
    leaking = Bundle.of("directory", {"prepare.sh": ENTRY + f"id={hidden}\n"})
    with pytest.raises(
        SecretInTextError, match=r"^directory/prepare\.sh: line 4: looks like an AccessKey id; "
    ) as caught:
        Command(leaking, "prepare", 900).check({})
    assert hidden not in str(caught.value)
    with pytest.raises(SecretInTextError, match=r"^values of directory/prepare: line 2: looks like an AccessKey id; "):
        Command(bundle, "prepare", 900).check({"key": hidden})
    word = "Corr3ct" + "Horse"
    with pytest.raises(SecretInTextError, match="looks like a value for database_password"):
        Command(bundle, "prepare", 900).check({"database_password": word})


def test_a_value_that_would_be_substituted_is_refused(bundle: Bundle) -> None:
    with pytest.raises(
        ValueError, match=r"^values of directory/prepare: a value holds '\{\{', which Cloud Assistant would"
    ):
        Command(bundle, "prepare", 900).check({"text": "{{values}}"})


def test_values_known_only_at_apply_count_with_room_to_grow() -> None:
    assert parameter_bytes({"a": "b"}) == 4 * len('{"a": "b"}') // 3
    assert parameter_bytes({"a": "${TfToken[TOKEN.1]}"}) == 4 * (len('{"a": ""}') + 64) // 3
    assert parameter_bytes({"a": -1.8881545897087503e289}) == 4 * (len('{"a": }') + 64) // 3
