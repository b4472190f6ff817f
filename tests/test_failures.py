"""How a command ends that failed."""

import errno
import json
from pathlib import Path

import pytest

from dicom_cdk import cli, failures


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "dicom-cdk: No space left on device; name another place"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a/b"), "dicom-cdk: a/b: Not a directory; name another"),
        (RuntimeError("Symlink loop from 'a'"), "dicom-cdk: Symlink loop from 'a'; name another place"),
        (UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "surrogates not allowed"), "dicom-cdk: a name has bytes that"),
        (OSError(errno.ENAMETOOLONG, "File name too long", b"x"), "dicom-cdk: x: File name too long; name another"),
    ],
    ids=["disk", "folder", "link", "letters", "name"],
)
def test_what_the_system_refuses_is_no_bug_of_ours(
    error: Exception, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused() -> str:
        raise error

    monkeypatch.setattr("dicom_cdk.settings.schema.schema_text", refused)
    assert cli.main(["schema"]) == 2
    assert capsys.readouterr().err.startswith(said)


def test_a_terminal_obeys_no_name_that_an_error_quotes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unseen = "\u202e\x1b[31m\x9b\u2066"
    stack = tmp_path / "s"
    stack.mkdir()
    for body in (
        {"module": {f"m{unseen}": {"source": "./x"}}},
        {"resource": {"alicloud_db_instance": {f"d{unseen}": {"security_ips": 5}}}},
    ):
        (stack / "cdk.tf.json").write_text(json.dumps(body))
        for command in ("check", "plan" if "module" in body else "check"):
            assert cli.main([command, "--stack-dir", str(stack)]) == 2
            said = capsys.readouterr().err
            assert "\\u202e\\u001b[31m\\u009b\\u2066" in said
            assert not set(unseen) & set(said) - set("[31m")


@pytest.mark.parametrize("own", [True, False])
def test_a_file_of_ours_or_one_that_is_not_there_may_be_one(
    own: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = (
        PermissionError(errno.EACCES, "Permission denied", failures.__file__)
        if own
        else FileNotFoundError(2, "no", "a")
    )

    def refused() -> str:
        raise error

    monkeypatch.setattr("dicom_cdk.settings.schema.schema_text", refused)
    assert cli.main(["schema"]) == 70
    assert "Please report it" in capsys.readouterr().err
