"""Which images belong together: data, held against what its names say."""

import pytest

from dicom_cdk.releases.table import RELEASES, belongs, release, tags


@pytest.mark.parametrize("version", RELEASES)
def test_every_release_names_images_of_its_own_minor(version: str) -> None:
    known = RELEASES[version]
    minor = version.split(".")[1]
    assert all(tag.endswith(f"-{version.removeprefix('5.')}") for tag in known.slapd)
    assert all(tag.endswith(f"-{minor}") for tag in known.postgres)
    assert tags(version)["dcm4che-tools"] in RELEASES


def test_signature_version_4_begins_with_the_release_whose_every_build_knows_it() -> None:
    assert next(version for version, known in RELEASES.items() if 4 in known.signatures) == "5.26.1"


def test_no_release_goes_back_to_an_older_java() -> None:
    javas = [known.java for known in RELEASES.values()]
    assert javas == sorted(javas)
    assert set(javas) == {11, 17, 21}


def test_what_is_refused_says_what_to_take_and_that_is_not_refused() -> None:
    refused = {version: known.refused for version, known in RELEASES.items() if known.refused}
    assert set(refused) == {"5.34.2", "5.35.0"}
    for words in refused.values():
        assert words.endswith("take 5.34.3")
    assert not RELEASES["5.34.3"].refused


def test_a_suffix_is_the_same_release_and_a_longer_patch_is_not() -> None:
    assert release("5.25.2-mirror") is RELEASES["5.25.2"]
    assert release("5.25.20") is None
    assert belongs("2.6.0-25.2-mirror", RELEASES["5.25.2"].slapd)
    assert not belongs("2.6.0-25.20", RELEASES["5.25.2"].slapd)


def test_the_first_tag_of_a_release_is_what_a_site_gets() -> None:
    assert tags("5.33.1-mirror") == {
        "slapd-dcm4chee": "2.6.7-33.1",
        "dcm4chee-arc-psql": "5.33.1-mirror",
        "dcm4che-tools": "5.33.1",
        "postgres-dcm4chee": "17.1-33",
    }
    with pytest.raises(KeyError):
        tags("latest")
