"""README's promises: its commands run, its five-line site works, its links lead somewhere."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.settings.loader import load_site
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def run(command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, shell=True, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_first_commands_are_make_synth_and_make_test() -> None:
    first = next(body for language, body in BLOCKS if not language)
    assert first.splitlines() == ["make synth", "make test"]


def test_make_synth_synthesizes_and_changes_nothing_that_is_committed() -> None:
    done = run("make synth")
    assert done.returncode == 0, done.stderr
    assert "dicom-sh: " in done.stdout
    assert run("git diff --exit-code --stat -- cdktf.out").returncode == 0


def test_make_test_is_what_a_pipeline_runs() -> None:
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    planned = run("make --dry-run test").stdout
    assert "tools/environment.py test" in planned
    assert "-m pytest" in planned
    assert not re.search(r"^phase set up: \d", planned, re.MULTILINE), (
        "a dry run does nothing; $(MAKE) in a line has make run it"
    )


def test_make_help_lists_every_target() -> None:
    listed = set(re.findall(r"^make ([\w-]+)", run("make help").stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert listed == set(phony[1].split())


def test_without_python_make_says_what_to_do() -> None:
    done = run("make PYTHON=no-such-python synth")
    assert done.returncode == 2
    assert "install Python 3.11 or newer" in done.stderr


def test_the_five_line_site_synthesizes(tmp_path: Path) -> None:
    text = next(body for language, body in BLOCKS if language == "yaml")
    assert len(text.splitlines()) == 5
    (tmp_path / "clinic.yaml").write_text(text)
    (stack,) = synthesize([load_site(tmp_path / "clinic.yaml")], tmp_path / "out")
    assert stack.name == yaml.safe_load(text)["name"]


def test_every_link_leads_to_a_file_and_heading() -> None:
    for name in ("README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", (ROOT / name).read_text()):
            path, _, heading = target.partition("#")
            file = ((ROOT / name).parent / path) if path else ROOT / name
            assert file.exists(), f"{name} links to {target}"
            if heading:
                headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
                slugs = {re.sub(r"[^a-z0-9 -]", "", each.lower()).replace(" ", "-") for each in headings}
                assert heading in slugs, f"{name} links to {target}"


@pytest.mark.parametrize("document", ["docs/settings.md", "docs/architecture.md", "docs/deviations.md"])
def test_readme_leads_to_the_documents(document: str) -> None:
    assert document in README


def test_every_deviation_that_names_a_setting_names_a_real_one() -> None:
    rows = re.findall(r"^\| (`[a-z_.`, ]+`) \|", (ROOT / "docs" / "deviations.md").read_text(), re.MULTILINE)
    named = [key for row in rows for key in re.findall(r"`([a-z_.]+)`", row)]
    assert len(named) > 8
    for key in named:
        assert is_setting(key.split(".")), f"docs/deviations.md speaks of {key}"


def is_setting(path: list[str]) -> bool:
    model: Any = SiteSettings
    for name in path:
        field = getattr(model, "model_fields", {}).get(name)
        if field is None:
            return False
        model = field.annotation
    return True
