"""Goldens of what the gateway's container fills in: NGINX's configuration for the guide's site, and all of examples/viewer.yaml,
which has a login and a viewer."""

from pathlib import Path

import pytest

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.gateway.nginx import rendered
from dicom_cdk.service.rooms.gateway_login import edition_of, login_of
from dicom_cdk.settings.loader import load_site
from tests.assets.gateway.conftest import DOMAIN, PREFIX, needs
from tests.conftest import ROOT

GOLDENS = ROOT / "tests/rendered/gateway"
REGENERATE = ".venv/bin/pytest tests/assets/gateway/test_rendered.py --regenerate"
WITH_VIEWER = ("app-config.js", "default.conf", "login.conf", "login.js", "viewer.conf", "viewer.server")


def as_it_was(text: str, golden: Path, regenerate: bool) -> None:
    if regenerate:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
    name = golden.relative_to(ROOT)
    assert golden.exists(), f"{name} has no golden; {REGENERATE}"
    assert text == golden.read_text(), f"{name} differs; if that is meant: {REGENERATE}"


def test_the_configuration_of_the_guides_site_is_what_it_was(regenerate: bool) -> None:
    needs("envsubst")
    environment = gateway_function.environment(
        region="cn-shanghai", domain=DOMAIN, ae_titles=["DCM4CHEE"], server_host="172.18.92.191", function_path=PREFIX
    )
    text = rendered(PLAIN.files().text("default.conf.template"), environment)
    as_it_was(text, GOLDENS / "default.conf", regenerate)


@pytest.fixture(scope="module")
def filled_in() -> dict[str, str]:
    """The templates of the example's image, filled in with its environment."""
    needs("envsubst")
    site = load_site(ROOT / "examples/viewer.yaml")
    edition = edition_of(site.gateway)
    environment = gateway_function.environment(
        region=site.region,
        domain=site.gateway.domain,
        ae_titles=["DCM4CHEE"],
        server_host="172.18.92.191",
        edition=edition,
        login=login_of(site.gateway),
        signed_domain=site.gateway.signed_domain,
        viewer_upload=site.gateway.viewer.upload,
    )
    files = edition.files()
    templates = [file.path for file in files.files if file.path.endswith(".template")]
    return {name.removesuffix(".template"): rendered(files.text(name), environment) for name in templates}


@pytest.mark.parametrize("name", WITH_VIEWER)
def test_what_a_site_with_login_and_viewer_gets_is_what_it_was(
    name: str, filled_in: dict[str, str], regenerate: bool
) -> None:
    as_it_was(filled_in[name], GOLDENS / "viewer" / name, regenerate)


def test_every_template_of_such_a_site_has_a_golden(filled_in: dict[str, str]) -> None:
    assert set(filled_in) == set(WITH_VIEWER)
    assert not [name for name, text in filled_in.items() if "${DICOM_" in text]
