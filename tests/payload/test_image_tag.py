"""The gateway image's tag changes exactly when its content or its base does."""

import re
import shutil
from pathlib import Path

import pytest

from dicom_cdk import shipped
from dicom_cdk.payload import PayloadError, image_tag
from dicom_cdk.payload.gateway_image import PLAIN, Edition

BASE = "registry.example.com/dicom/nginx:1.28.0"
EDITIONS = (PLAIN, Edition(login=True), Edition(login=True, viewer=True))


def test_the_tag_shows_the_bases_tag_and_is_stable() -> None:
    tag = image_tag.image_tag(BASE)
    assert re.fullmatch(r"1\.28\.0-dicom-[0-9a-f]{12}", tag)
    assert tag == image_tag.image_tag(BASE)
    digest = image_tag.image_tag("registry.example.com:5000/dicom/nginx@sha256:" + "ab" * 32)
    assert re.fullmatch(r"abababababab-dicom-[0-9a-f]{12}", digest)


def test_another_base_is_another_tag() -> None:
    assert (
        image_tag.image_tag(BASE).split("-")[-1]
        != image_tag.image_tag(BASE.replace("example.com", "b.c")).split("-")[-1]
    )


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_the_image_can_do_is_part_of_the_tag(edition: Edition) -> None:
    others = {image_tag.image_tag(BASE, other) for other in EDITIONS if other != edition}
    assert image_tag.image_tag(BASE, edition) not in others


@pytest.mark.parametrize(("edition", "file"), [(edition, file) for edition in EDITIONS for file in edition.sources])
def test_one_changed_byte_of_any_file_is_another_tag(
    edition: Edition, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = image_tag.image_tag(BASE, edition)
    copy = tmp_path / "assets"
    shutil.copytree(shipped.path("assets/gateway"), copy / "gateway")
    monkeypatch.setattr(shipped, "path", lambda relative: tmp_path / relative)
    assert image_tag.image_tag(BASE, edition) == before
    with (copy / "gateway" / file).open("ab") as edited:
        edited.write(b"#")
    assert image_tag.image_tag(BASE, edition) != before


@pytest.mark.parametrize("file", ["README.md", "image.sh.j2"])
def test_what_is_not_in_the_image_leaves_the_tag(file: str) -> None:
    assert shipped.path(f"assets/gateway/{file}").exists()
    assert not any(file in edition.sources for edition in EDITIONS)


@pytest.mark.parametrize(
    "base", ["registry.example.com/dicom/nginx", "registry:5000/nginx", "${alicloud.x}/nginx:1", ""]
)
def test_a_base_that_is_not_known_at_synthesis_is_refused(base: str) -> None:
    with pytest.raises(PayloadError, match=re.escape(f"gateway base image: got {base!r}, allowed: a whole reference")):
        image_tag.image_tag(base)
