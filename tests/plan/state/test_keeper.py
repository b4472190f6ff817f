"""The keeper of a state: for who knows its address, on loopback, gone afterwards."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from dicom_cdk.plan.state.keeper import FILE, keeping

pytestmark = pytest.mark.server


def ask(address: str, body: bytes | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=60) as answer:
        return bytes(answer.read())


def test_it_keeps_what_terraform_writes_and_leaves_it_as_a_file(tmp_path: Path) -> None:
    with keeping() as keeper:
        keeper.write_backend(tmp_path)
        configured = json.loads((tmp_path / FILE).read_text())["terraform"]["backend"]["http"]["address"]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            ask(configured)
        ask(configured, b'{"version": 4}')
        assert ask(configured) == b'{"version": 4}'
        keeper.put(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["terraform.tfstate"]
    assert (tmp_path / "terraform.tfstate").read_bytes() == b'{"version": 4}'
    with pytest.raises(urllib.error.URLError):
        ask(configured)


def test_nobody_else_reads_or_writes_it() -> None:
    with keeping() as keeper:
        assert keeper.address.startswith("http://127.0.0.1:")
        ask(keeper.address, b"mine")
        other = keeper.address.rpartition("/")[0] + "/other"
        for body in (None, b"theirs"):
            with pytest.raises(urllib.error.HTTPError, match="403"):
                ask(other, body)
        assert keeper.state == b"mine"
    with keeping() as another:
        assert another.address.rpartition("/")[2] != keeper.address.rpartition("/")[2]
