"""ci/provider-release.sh with a repository of our own in place of the provider's: what is found, made and said."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider.derive.newest import newest
from tests.conftest import ROOT
from tests.provider.derive import checkout
from tests.provider.derive.test_command import base_of, content, facts_of

GIT = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
}  # fmt: skip


def repository(folder: Path, *tags: str) -> Path:
    """A repository that holds the small checkout under each of the tags."""
    checkout.write(folder)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "-m", "a"), *(("tag", tag) for tag in tags)):
        subprocess.run(["git", *words], cwd=folder, env={**os.environ, **GIT}, check=True)
    return folder


def look(tmp_path: Path, source: Path, facts: Path) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ, **GIT, "PROVIDER_REPOSITORY": f"file://{source}", "PROVIDER_FACTS": str(facts), "PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "constructs"))),
    }  # fmt: skip
    return subprocess.run(
        ["bash", str(ROOT / "ci/provider-release.sh"), str(tmp_path / "out")],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    return base_of(facts_of(tmp_path / "base"), tmp_path / "provider")


def test_the_newest_release_is_proposed_with_its_facts_and_news(facts: Path, tmp_path: Path) -> None:
    done = look(tmp_path, repository(tmp_path / "source", "v1.288.0", "v1.290.0", "v2.0.0-beta1"), facts)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/release").read_text() == checkout.RELEASE
    assert sorted(path.name for path in (facts / checkout.RELEASE).iterdir()) == ["difference.json.gz", "news.md"]
    assert done.stdout == (tmp_path / "out/news.md").read_text() == (facts / checkout.RELEASE / "news.md").read_text()


def test_nothing_is_made_where_none_is_newer(facts: Path, tmp_path: Path) -> None:
    before = content(facts)
    done = look(tmp_path, repository(tmp_path / "source", "v1.200.0", "v1.289.0"), facts)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith(f"provider release: none is newer than those in {facts}\n")
    assert (tmp_path / "out/release").read_text() == ""
    assert content(facts) == before


def test_a_release_whose_source_is_not_understood_is_refused_and_leaves_the_facts(facts: Path, tmp_path: Path) -> None:
    before = content(facts)
    done = look(tmp_path, repository(tmp_path / "source", "v1.295.0"), facts)
    assert done.returncode == 1
    assert "its newest releases are 1.291.0, 1.290.0, asked for is 1.295.0" in done.stderr
    assert content(facts) == before


def test_no_list_of_releases_is_told(facts: Path, tmp_path: Path) -> None:
    done = look(tmp_path, tmp_path / "nowhere", facts)
    assert done.returncode == 2
    assert f"provider release: file://{tmp_path}/nowhere gives no list of releases" in done.stderr


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["a\trefs/tags/v1.290.0", "b\trefs/tags/v1.300.1"], "1.300.1"),
        (["a\trefs/tags/v1.289.0"], ""),
        (["a\trefs/tags/v2.0.0-beta1", "b\trefs/tags/latest", "nonsense", ""], ""),
        (["a\trefs/tags/v1.1000.0", "b\trefs/tags/v1.999.0"], "1.1000.0"),
    ],
)
def test_the_list_of_tags_gives_the_newest_real_release(tags: list[str], expected: str) -> None:
    assert newest(tags, ["1.288.0", "1.289.0"]) == expected
