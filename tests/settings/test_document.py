"""Files that cannot be a site file at all: each refused with what to do, never with a traceback."""

from pathlib import Path

import pytest

from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site
from tests.settings.conftest import Refusals, Write

FORM = "look at the indentation, at missing blanks after a colon and at texts that need quotes"
EMPTY = "is empty, allowed a map; a site needs at least name, region, account_id and alarms.mail"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", f"site.yaml:1: {EMPTY}", id="empty"),
        pytest.param(b"# nothing yet\n\n", f"site.yaml:1: {EMPTY}", id="only a comment"),
        pytest.param(b"---\n", f"site.yaml:1: {EMPTY}", id="an empty document"),
        pytest.param(
            b"- name: dicom-sh\n",
            "site.yaml:1: is not a map, got a list, allowed keys with values, such as name: dicom-sh",
            id="a list",
        ),
        pytest.param(
            b"dicom-sh\n",
            "site.yaml:1: is not a map, got a single value, allowed keys with values, such as name: dicom-sh",
            id="a word",
        ),
        pytest.param(
            b"\xef\xbb\xbfname: dicom-sh\n",
            "site.yaml:1: starts with a byte order mark, got EF BB BF, allowed UTF-8 without one; "
            "save it as UTF-8 without BOM",
            id="byte order mark",
        ),
        pytest.param(
            "name: dicom-sh\n".encode("utf-16"),
            "site.yaml:1: is not UTF-8, got a byte order mark of UTF-16, allowed UTF-8; save it as UTF-8",
            id="UTF-16",
        ),
        pytest.param(
            b"name: dicom-sh\n# caf\xe9\n",
            "site.yaml:2: is not UTF-8, got byte E9, allowed UTF-8; save it as UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            b"name: dicom-sh\n" + b"#" * 10_000_000,
            "site.yaml: is too large for a site file, got more than 256 KiB, allowed at most 256 KiB; "
            "a site file has a few dozen lines; is this the right file?",
            id="10 MB",
        ),
        pytest.param(
            b"name: dicom-sh\ngateway:\n\tdomain: a.example.com\n",
            "site.yaml:3: is not valid YAML, got a tab, allowed blanks; indent with blanks",
            id="tab",
        ),
        pytest.param(
            b"name: dicom-sh\ntags: {a: b\n",
            f"site.yaml:3: is not valid YAML: expected ',' or '}}', but got '<stream end>'; {FORM}",
            id="open brace",
        ),
        pytest.param(
            b"name: dicom-sh\nregion cn-shanghai\nalarms: {}\n",
            f"site.yaml:3: is not valid YAML: could not find expected ':'; {FORM}",
            id="missing colon",
        ),
        pytest.param(
            b"name: dicom-sh\x00\n",
            f"site.yaml:1: is not valid YAML: character 0 is not allowed; {FORM}",
            id="zero byte",
        ),
        pytest.param(b"[" * 200_000, "site.yaml:1: is nested too deep, allowed 12 levels", id="very deep"),
        pytest.param(b"{a: " * 60_000, "site.yaml:1: is nested too deep, allowed 12 levels", id="very deep maps"),
    ],
)
def test_a_file_that_is_no_site_file_is_refused(refusals: Refusals, content: bytes, said: str) -> None:
    assert refusals(whole=content) == [said]


def test_a_missing_file_is_named_as_the_caller_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load_site("sites/none.yaml")
    assert (
        str(caught.value)
        == "sites/none.yaml: no such file; name an existing site file, or copy examples/minimal.yaml to start one"
    )


def test_a_file_without_permission_is_refused(write: Write) -> None:
    path = write("site.yaml/inside", "")
    # A path below a file cannot be opened by anybody, root included.
    with pytest.raises(SettingsError, match=r"inside/x: cannot be read \(Not a directory\); look at its permissions$"):
        load_site(path / "x")


def test_two_documents_are_refused_and_the_first_is_judged(refusals: Refusals) -> None:
    assert refusals("typo: 1\n---\nname: other\n") == [
        'site.yaml:5: typo: unknown key, got "typo", allowed extends, name, region, account_id, tags, protection, state, '
        "moved, waivers, network, logs, secrets, registry, database, storage, directory, archive, dicomweb, gateway, filter, "
        "recovery, hospitals, modalities, hl7, drill, watch, alarms",
        "site.yaml:6: holds several documents, got a second ---, allowed one; write one file per site",
    ]
