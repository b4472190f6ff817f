"""The step library, by small scripts that use it as the rooms' scripts do."""

import json
import os
import stat
import subprocess

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

SOURCE = '. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"\n'


def run(host: ScratchHost, body: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    file = host.put("/opt/dicom/directory/current/try.sh", SOURCE + body)
    return host.run("bash", str(file), *arguments, more={"DICOM_ROOM": "directory", **more})


@pytest.fixture
def valued(host: ScratchHost) -> ScratchHost:
    values = {
        "text": "a b  c",
        "list": ["x y", "z"],
        "map": {"k": "v w", "n": 1},
        "number": 5,
        "no": False,
        "empty": "",
        "nothing": [],
    }
    host.put("/opt/dicom/directory/values.json", json.dumps(values))
    return host


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ("text", "a b  c\n"),
        ("list", "x y\nz\n"),
        ("map", "k=v w\nn=1\n"),
        ("number", "5\n"),
        ("no", "false\n"),
        ("empty", "\n"),
        ("nothing", ""),
        ("absent default", "default\n"),
        ("absent ''", "\n"),
        ("text default", "a b  c\n"),
    ],
)
def test_values_print_as_they_are_and_lists_line_by_line(valued: ScratchHost, arguments: str, printed: str) -> None:
    assert run(valued, f"value {arguments}").stdout == printed


@pytest.mark.parametrize("use", ["x=$(value nope)", 'say "$(value nope)"', 'f() { say "$(value nope)"; }; f'])
def test_an_absent_value_ends_the_step_and_is_named(valued: ScratchHost, use: str) -> None:
    result = run(valued, f"step_begin try 20\n{use}\necho NOT REACHED")
    assert result.returncode == 1
    assert f"try: no value 'nope' in {valued.root}/opt/dicom/directory/values.json\n" in result.stderr
    assert "NOT REACHED" not in result.stdout


def test_without_values_every_value_is_absent_or_its_default(host: ScratchHost) -> None:
    assert run(host, "value a 1").stdout == "1\n"
    assert "no value 'a'" in run(host, "value a").stderr


def test_a_failing_command_is_named_with_its_line_but_not_its_expansion(host: ScratchHost) -> None:
    result = run(host, 'step_begin try 20\npassword=$(printf hid; printf den)\nls "/$password"\necho NOT REACHED')
    assert result.returncode != 0
    assert 'try: line 4 failed: ls "/$password"\n' in result.stderr
    assert result.stderr.count("hidden") == 1, "in the words of ls, not in ours"


def test_a_failure_inside_a_function_or_pipe_is_not_lost(host: ScratchHost) -> None:
    for body in ("f() { false; true; }; f", "false | true", "x=$(false)"):
        result = run(host, f"step_begin try 20\n{body}\necho NOT REACHED")
        assert result.returncode == 1, body
        assert "try: line 3 failed: " in result.stderr, body


def test_arguments_reach_the_script_through_the_limit(host: ScratchHost) -> None:
    assert run(host, 'step_begin try 20\nprintf "[%s]" "$@"', "a b", "", "*").stdout == "[a b][][*]"


def test_what_hangs_is_ended_at_the_hard_limit(host: ScratchHost) -> None:
    body = 'timeout() { shift 3; command timeout -k 1 1 "$@"; }\nstep_begin try 1\nsleep 60\necho NOT REACHED'
    result = run(host, body)
    assert result.returncode == 124
    assert result.stderr == "try: gave up after 1 s, it hung\n"
    assert "NOT REACHED" not in result.stdout


def test_a_program_that_hung_in_it_is_not_the_step_that_hung(host: ScratchHost) -> None:
    result = run(host, "step_begin try 20\ntimeout 0.1 sleep 20\necho NOT REACHED")
    assert result.returncode == 124
    assert result.stderr == "try: line 3 failed: timeout 0.1 sleep 20\n"


def test_a_step_that_somebody_else_killed_did_not_hang(host: ScratchHost) -> None:
    """As the kernel does where memory ends."""
    result = run(host, "step_begin try 20\nkill -KILL $$")
    assert result.returncode == 137
    assert result.stderr.endswith("try: killed by somebody else; out of memory? see: journalctl -k\n")
    assert "it hung" not in result.stderr


def test_the_launchers_limit_counts_when_it_is_smaller(host: ScratchHost) -> None:
    body = "unset SECONDS; SECONDS=0  # a clock that stands\nstep_begin try 900\necho $DEADLINE"
    assert run(host, body, DICOM_SECONDS="7").stdout == "7\n"
    assert run(host, body, DICOM_SECONDS="9000").stdout == "900\n"


def test_waiting_ends_with_success_and_is_announced_once(host: ScratchHost) -> None:
    host.stand_in("probe", 'n=$(grep -c probe "$HOST_CALLS"); echo "try $n"; [ "$n" = 3 ]')
    result = run(host, 'step_begin try 20\nuntil_true 0.1 "the third try" probe with args\nsay done')
    assert result.returncode == 0, result.stderr
    assert host.calls() == ["probe with args"] * 3
    assert result.stdout == "waiting for the third try\ndone\n"


def test_waiting_ends_at_the_deadline_with_the_last_answer(host: ScratchHost) -> None:
    body = 'probe() { echo first; echo "last words" >&2; return 3; }\nstep_begin try 2\nuntil_true 1 "the moon" probe\necho NOT'
    result = run(host, body)
    assert result.returncode == 1
    assert result.stderr == "try: still waiting for the moon; last answer: last words\n"
    assert "NOT" not in result.stdout


def test_a_secret_is_given_as_a_path_and_an_absent_one_is_named(host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/ldap-root", "x")
    assert run(host, "secret ldap-root").stdout == f"{host.root}/run/dicom/secrets/ldap-root\n"
    host.put("/run/dicom/secrets/empty", "")
    for name in ("absent", "empty"):
        result = run(host, f"step_begin try 20\nfile=$(secret {name})\necho NOT")
        assert result.returncode == 1
        assert f"try: secret '{name}' is not in {host.root}/run/dicom/secrets, or empty; see: " in result.stderr
        assert "NOT" not in result.stdout


def test_put_writes_in_one_move_and_tells_whether_it_changed_anything(host: ScratchHost) -> None:
    body = 'if echo "$1" | put "$R/etc/new/file" 0640; then echo changed; else echo same; fi'
    assert run(host, body, "one").stdout == "changed\n"
    first = (host.root / "etc/new/file").stat()
    assert stat.S_IMODE(first.st_mode) == 0o640
    assert run(host, body, "one").stdout == "same\n"
    assert (host.root / "etc/new/file").stat().st_ino == first.st_ino
    assert run(host, body, "two").stdout == "changed\n"
    assert host.read("/etc/new/file") == "two\n"
    assert os.listdir(host.root / "etc/new") == ["file"]  # noqa: PTH208


def test_put_that_cannot_write_ends_the_step(host: ScratchHost) -> None:
    host.put("/etc/file", "not a folder")
    result = run(host, 'step_begin try 20\necho x | put "$R/etc/file/below" 0644 || true\necho NOT')
    assert result.returncode == 1
    assert f"try: cannot write {host.root}/etc/file/below\n" in result.stderr
    assert "NOT" not in result.stdout


def room(host: ScratchHost) -> str:
    host.put("/opt/dicom/directory/0123456789ab/compose.yaml", "services: {}\n")
    link = host.root / "opt/dicom/directory/current"
    if not link.is_symlink():
        link.symlink_to("0123456789ab")
    return f"{host.root}/opt/dicom/directory/0123456789ab"


def test_compose_runs_in_the_resolved_folder_with_the_rooms_variables(host: ScratchHost) -> None:
    folder = room(host)
    host.stand_in("docker")
    project = f"docker compose -p dcm4chee --project-directory {folder} -f {folder}/compose.yaml"
    run(host, "compose directory ps -q")
    assert host.calls() == [f"{project} ps -q"]
    host.forget()
    environment = host.put("/opt/dicom/directory/compose.env", "IMAGE=x\n")
    run(host, "compose directory ps -q")
    assert host.calls() == [f"{project} --env-file {environment} ps -q"]


def test_without_systemd_compose_up_starts_the_containers_itself(host: ScratchHost) -> None:
    folder = room(host)
    host.stand_in("docker")
    host.stand_in("systemctl")
    assert run(host, "compose_up directory").returncode == 0
    assert host.calls() == [
        f"docker compose -p dcm4chee --project-directory {folder} -f {folder}/compose.yaml up -d --wait --remove-orphans"
    ]


def test_compose_up_installs_the_unit_once_then_starts_then_reloads(host: ScratchHost) -> None:
    room(host)
    (host.root / "run/systemd/system").mkdir(parents=True)
    host.stand_in("systemctl", 'case $1 in is-active) [ -e "$HOST_ROOT/up" ] ;; start) touch "$HOST_ROOT/up" ;; esac')
    assert run(host, "compose_up directory").returncode == 0
    assert host.calls() == [
        "systemctl daemon-reload",
        "systemctl enable dicom-directory.service",
        "systemctl is-active --quiet dicom-directory.service",
        "systemctl start dicom-directory.service",
    ]
    unit = host.read("/etc/systemd/system/dicom-directory.service")
    assert "ExecStart=/bin/bash /opt/dicom/docker_host/current/room.sh up directory\n" in unit
    assert "@" not in unit
    host.forget()
    assert run(host, "compose_up directory").returncode == 0
    assert host.calls()[-1] == "systemctl reload dicom-directory.service"
    assert "systemctl daemon-reload" not in host.calls()


def test_compose_up_that_fails_says_where_to_look(host: ScratchHost) -> None:
    room(host)
    (host.root / "run/systemd/system").mkdir(parents=True)
    host.stand_in("systemctl", '[ "$1" = daemon-reload ] || [ "$1" = enable ]')
    result = run(host, "step_begin up 20\ncompose_up directory\necho NOT")
    assert result.returncode == 1
    assert (
        "up: dicom-directory.service did not come up; see: journalctl -u dicom-directory and dicom-health\n"
        in result.stderr
    )
    assert "NOT" not in result.stdout
