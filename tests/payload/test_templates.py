"""The one Jinja environment: strict, and shell text passes untouched."""

from pathlib import Path

import pytest

from dicom_cdk import shipped
from dicom_cdk.payload import MissingTemplateError, MissingValueError
from dicom_cdk.payload.templates import render, render_text


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of assets of the test's own."""
    monkeypatch.setattr(shipped, "_CHECKOUT", tmp_path)
    folder = tmp_path / "assets"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    "text",
    [
        "${x} ${x:-y} ${#array[@]} ${x#a} ${x##*/} ${x%%.*} $((1 + 2)) $(cmd)",
        "curl -w '%{http_code}' | awk '{print $1}'",
        "# a comment {# not Jinja's\n\n",
        "no newline at the end",
        "<a href='&quot;'>\n",
    ],
)
def test_shell_text_passes_through_untouched(text: str) -> None:
    assert render_text(text, {}, where="x") == text


def test_a_loop_and_a_value_are_filled_in_without_stray_lines() -> None:
    text = "{% for a in list %}\n  {{ a }}\n{% endfor %}\nend {{ one }}\n"
    assert render_text(text, {"list": ["x", "y"], "one": 1}, where="x") == "  x\n  y\nend 1\n"


def test_an_absent_value_names_file_value_and_what_was_given(assets: Path) -> None:
    (assets / "room").mkdir()
    (assets / "room/file.j2").write_text("{{ a }} {{ b }}")
    with pytest.raises(MissingValueError) as caught:
        render("room/file.j2", {"a": 1, "z": 2})
    assert str(caught.value) == "assets/room/file.j2: 'b' is undefined; values given: a, z; give the missing one"


def test_an_absent_attribute_of_a_value_is_refused_too() -> None:
    with pytest.raises(MissingValueError, match="'dict object' has no attribute 'y'"):
        render_text("{{ x.y }}", {"x": {}}, where="x")


def test_a_broken_template_names_file_and_line(assets: Path) -> None:
    (assets / "room").mkdir()
    (assets / "room/file.j2").write_text("fine\n{% for %}\n")
    with pytest.raises(MissingValueError, match=r"^assets/room/file\.j2 line 2: not a template: "):
        render("room/file.j2", {})


def test_a_template_without_a_file_names_what_is_there(assets: Path) -> None:
    (assets / "room").mkdir()
    (assets / "room/one.j2").write_text("")
    (assets / "room/two.sh").write_text("")
    with pytest.raises(MissingTemplateError) as caught:
        render("room/three.j2", {})
    assert str(caught.value) == (
        "assets/room/three.j2: no such file; assets/room has one.j2, two.sh; add the file or correct the name"
    )


def test_a_room_without_a_folder_is_named(assets: Path) -> None:
    assert assets.is_dir()
    with pytest.raises(MissingTemplateError, match=r"^assets/nowhere/a: no such file; assets/nowhere has nothing; "):
        render("nowhere/a", {})
