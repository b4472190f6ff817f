"""Golden of the configuration that NGINX gets for the guide's site, in tests/rendered/gateway."""

from pathlib import Path

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.nginx import rendered
from tests.assets.gateway.conftest import DOMAIN, PREFIX, needs

GOLDEN = Path(__file__).resolve().parents[2] / "rendered/gateway/default.conf"
REGENERATE = ".venv/bin/pytest tests/assets/gateway/test_rendered.py --regenerate"


def test_the_configuration_of_the_guides_site_is_what_it_was(regenerate: bool) -> None:
    needs("envsubst")
    environment = gateway_function.environment(
        region="cn-shanghai", domain=DOMAIN, ae_titles=["DCM4CHEE"], server_host="172.18.92.191", function_path=PREFIX
    )
    text = rendered(PLAIN.files().text("default.conf.template"), environment)
    if regenerate:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert GOLDEN.exists(), f"{GOLDEN.name} has no golden; {REGENERATE}"
    assert text == GOLDEN.read_text(), f"tests/rendered/gateway/{GOLDEN.name} differs; if that is meant: {REGENERATE}"
