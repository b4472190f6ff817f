"""tools/environment.py: uv installs from where pip's own settings say, and pip does where uv cannot."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment

CONFIG = """
[global]
index-url = https://packages.hospital.example/simple
find-links = /one /two
timeout = 30
[install]
timeout = 60
"""


@pytest.fixture(autouse=True)
def stubs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .venv whose uv says what it was told, and a pip that is only written down."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(environment, "pinned", lambda _: [Path("constraints.txt")])
    for name in ("PIP_CERT", "PIP_FIND_LINKS", "PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pip.conf").write_text(CONFIG)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setattr(environment, "pip_settings", asked_once)
    told(tmp_path, 'env | grep -E "^(UV_|ALL_PROXY|SSL_CERT)" | sort; echo "$@"')


ASK = environment.pip_settings
ANSWERS: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}


def asked_once() -> dict[str, str]:
    """What pip says of the same settings, which it takes half a second for."""
    given = tuple(
        sorted(one for one in os.environ.items() if one[0].startswith("PIP_") and one[0] != "PIP_CONFIG_FILE")
    )
    if given not in ANSWERS:
        ANSWERS[given] = ASK()
    return ANSWERS[given].copy()


def told(folder: Path, script: str) -> None:
    (folder / "bin/uv").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin/uv").chmod(0o755)


@pytest.fixture
def by_pip(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What pip was asked for, without its options."""
    asked: list[str] = []
    monkeypatch.setattr(environment, "pip", lambda *arguments: asked.append(Path(arguments[-1]).name))
    return asked


def test_pip_s_settings_are_read_as_pip_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = environment.pip_settings()
    assert settings["index-url"] == "https://packages.hospital.example/simple"
    assert settings["timeout"] == "60", "what is said of `install` comes before what is said of all commands"
    monkeypatch.setenv("PIP_TIMEOUT", "90")
    assert environment.pip_settings()["timeout"] == "90", "the environment comes first"


def test_uv_is_told_them_in_its_own_words_and_its_own_settings_win(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("ALL_PROXY", "SSL_CERT_FILE", "UV_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "7")
    environment.uv(
        {**environment.pip_settings(), "proxy": "http://proxy.example:3128", "cache-dir": "/kept"},
        "--requirement",
        "file",
    )
    lines = capfd.readouterr().err.splitlines()
    assert {
        "ALL_PROXY=http://proxy.example:3128",
        "UV_DEFAULT_INDEX=https://packages.hospital.example/simple",
        "UV_CACHE_DIR=/kept/uv",
        "UV_FIND_LINKS=/one,/two",
        "UV_HTTP_TIMEOUT=7",
    } <= set(lines)
    assert lines[-1].endswith("--requirement file")


def test_uv_installs_all_but_itself(by_pip: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    environment.fill("synth")
    assert by_pip == ["constraints-installer.txt"]
    asked = [line.split()[-1] for line in capfd.readouterr().err.splitlines() if line.startswith("pip install")]
    assert [Path(each).name for each in asked] == ["constraints.txt", environment.bindings_wheel().name, ""]


def test_pip_installs_where_uv_fails(by_pip: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told(tmp_path, "exit 2")
    environment.fill("synth")
    assert by_pip == ["constraints-installer.txt", "constraints.txt", environment.bindings_wheel().name, ""]
    assert "dicom-cdk: no uv here (exit 2): pip installs, which takes longer" in capfd.readouterr().err


def test_pip_installs_where_it_is_told_what_uv_does_not_know(
    by_pip: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_CLIENT_CERT", "/certificates/ours.pem")
    environment.fill("synth")
    assert by_pip == ["constraints.txt", environment.bindings_wheel().name, ""]
    assert "dicom-cdk: uv does not know pip's client-cert: pip installs" in capfd.readouterr().err


def test_what_pip_cannot_install_either_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: str) -> None:
        raise subprocess.CalledProcessError(1, ["pip", *arguments])

    monkeypatch.setattr(environment, "pip", fails)
    with pytest.raises(subprocess.CalledProcessError):
        environment.fill("test")


def test_every_package_is_pinned_with_hashes_and_one_uv_installs_and_locks() -> None:
    for file in sorted(environment.ROOT.glob("constraints*.txt")):
        pins = re.split(r"\n(?=\S)", file.read_text().strip())[1:]
        assert pins, file
        assert [pin for pin in pins if not re.match(r"\S+==\S+.* \\\n +--hash=sha256:[0-9a-f]{64}", pin)] == []
    (pin,) = [line for line in environment.INSTALLER.read_text().splitlines() if "==" in line]
    assert pin in (environment.ROOT / "constraints-test.txt").read_text()
