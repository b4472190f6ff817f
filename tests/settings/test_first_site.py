"""The first site file: written once, valid, asked for on a terminal."""

from pathlib import Path

import pytest

from dicom_cdk import cli
from dicom_cdk.settings import first_site
from dicom_cdk.settings.loader import load_site
from dicom_cdk.settings.site import SiteSettings
from tests.conftest import SMALL_SITE

SAID = ["--name", "clinic", "--account-id", "1234567890123456", "--mail", "ops@example.com"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A terminal that answers; what it was asked."""
    asked: list[str] = []
    left = list(answers)

    def answer(question: str) -> str:
        asked.append(question)
        if not left:
            raise EOFError
        return left.pop(0)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", answer)
    return asked


def test_options_make_a_site_that_loads(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", *SAID, "--domain", "dicom.example.com"]) == 0
    assert capsys.readouterr().out == "sites/clinic.yaml\n"
    site = load_site("sites/clinic.yaml")
    assert (site.name, site.region, site.gateway.domain) == ("clinic", "cn-shanghai", "dicom.example.com")


def test_a_new_site_receives_into_a_folder_unless_it_says_directly_and_the_file_says_why() -> None:
    assert cli.main(["init", "folder.yaml", *SAID]) == 0
    assert cli.main(["init", "bucket.yaml", *SAID, "--receive", "direct"]) == 0
    assert [load_site(file).storage.receive for file in ("folder.yaml", "bucket.yaml")] == ["cache", "direct"]
    assert "# into a folder that all archives share, then the bucket: stores go on" in Path("folder.yaml").read_text()
    assert "# into the bucket at once: while it is away, stores fail" in Path("bucket.yaml").read_text()


def test_what_is_rehearsed_as_a_small_site_with_a_folder_is_the_file_that_init_writes() -> None:
    assert cli.main(["init", "clinic.yaml", *SAID]) == 0
    rehearsed = SiteSettings.model_validate({**SMALL_SITE, "storage": {"receive": "cache"}}, strict=False)
    assert load_site("clinic.yaml") == rehearsed


def test_a_file_that_says_nothing_receives_directly_as_before() -> None:
    Path("clinic.yaml").write_text(
        'name: clinic\nregion: cn-shanghai\naccount_id: "1234567890123456"\nalarms: {mail: ops@example.com}\n'
    )
    assert load_site("clinic.yaml").storage.receive == "direct"


def test_a_way_that_is_none_is_refused_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(monkeypatch, "", "", "twice")
    assert cli.main(["init", "here.yaml", *SAID]) == 2
    assert capsys.readouterr().err == "init: receive: got 'twice', allowed are cache, direct; nothing written\n"
    assert not Path("here.yaml").exists()


def test_a_terminal_is_asked_what_no_option_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = terminal(monkeypatch, "", "", "1234567890123456", "ops@example.com", "", "")
    assert cli.main(["init", "here.yaml", "--name", "clinic"]) == 0
    assert asked == [
        "Region of the vendor [cn-shanghai]: ",
        "Account id (16 digits): ",
        "Account id (16 digits): ",
        "Mail address for alarms: ",
        "Domain of the gateway (empty: none yet): ",
        "Where images go first (cache: a shared folder, then the bucket; direct: the bucket at once) [cache]: ",
    ]
    assert load_site("here.yaml").alarms.mail == "ops@example.com"


def test_an_end_of_the_answers_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(monkeypatch, "clinic")
    assert cli.main(["init", "here.yaml"]) == 2
    assert "init: the questions were not answered to the end; nothing written" in capsys.readouterr().err
    assert not Path("here.yaml").exists()


def test_elsewhere_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert cli.main(["init", "--name", "clinic"]) == 2
    assert capsys.readouterr().err == (
        "init: not said: --account-id, --mail; say it by options, or run init on a terminal to be asked\n"
    )


def test_a_site_that_synth_would_refuse_is_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert cli.main(["init", *SAID[2:], "--name", "../Clinic"]) == 2
    said = capsys.readouterr().err
    assert "nothing written, the site would be refused:" in said
    assert "name: has a wrong form" in said
    assert list(Path().iterdir()) == []


def test_a_file_that_exists_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Path("clinic.yaml").write_text("mine\n")
    assert cli.main(["init", "clinic.yaml", *SAID]) == 2
    assert (
        capsys.readouterr().err == "clinic.yaml: exists and is left as it is; name another FILE, or change it by hand\n"
    )
    assert Path("clinic.yaml").read_text() == "mine\n"


def test_a_place_that_cannot_be_written_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    Path("file").write_text("")
    assert cli.main(["init", "file/clinic.yaml", *SAID]) == 2
    assert capsys.readouterr().err.startswith("file/clinic.yaml: cannot be written: ")


def test_every_question_has_an_option() -> None:
    assert set(first_site.DEFAULTS) < set(first_site.QUESTIONS)
