"""The gateway's environment: every variable always, and nothing in it that NGINX would read as something else."""

import re
from typing import Any

import pytest

from dicom_cdk.payload import PayloadError, gateway_function
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.gateway_image import STEP, Edition

SITE: dict[str, Any] = {
    "region": "cn-shanghai",
    "domain": "www.dicomweb-example.com",
    "ae_titles": ["DCM4CHEE"],
    "server_host": "172.18.92.191",
}


def test_the_guides_values_come_out_as_the_guide_has_them() -> None:
    made = gateway_function.environment(**SITE, function_path="2016-08-15/proxy/dicomweb.LATEST/do")
    assert made == {
        "DICOM_AE_TITLES": "DCM4CHEE",
        "DICOM_ALLOWED_ORIGINS": "",
        "DICOM_BODY_LIMIT_MB": "32",
        "DICOM_CUSTOM_DOMAIN": "www.dicomweb-example.com",
        "DICOM_DIMSE": "shut",
        "DICOM_FUNCTION_PATH": "2016-08-15/proxy/dicomweb.LATEST/do",
        "DICOM_LISTEN": "8080",
        "DICOM_PUBLIC_SCHEME": "https",
        "DICOM_REGION": "cn-shanghai",
        "DICOM_SERVER_HOST": "172.18.92.191",
        "DICOM_SERVER_PORT": "8080",
        "DICOM_SIDE": "internet",
        "DICOM_TIMEOUT_SECONDS": "300",
    }


def test_origins_are_joined_and_what_is_none_is_refused() -> None:
    made = gateway_function.environment(**SITE, allowed_origins=["https://a.example.com", "https://b:8443"])
    assert made["DICOM_ALLOWED_ORIGINS"] == "https://a[.]example[.]com|https://b:8443"
    for origin in ("http://a.example.com", "https://a/", "*", "null", "https://a.example.com|https://x", "https://a.*"):
        with pytest.raises(PayloadError) as refused:
            gateway_function.environment(**SITE, allowed_origins=[origin])
        assert str(refused.value) == (
            f"gateway: origin {origin!r}, allowed: https://HOST[:PORT] in small letters, without a slash at the end; "
            "correct gateway.allowed_origins"
        )


def test_several_ae_titles_are_joined_and_their_dots_taken_literally() -> None:
    titles = ["DCM4CHEE", "A.B_c-2"]
    pattern = gateway_function.environment(**{**SITE, "ae_titles": titles})["DICOM_AE_TITLES"]
    assert pattern == "DCM4CHEE|A[.]B_c-2"
    assert [bool(re.fullmatch(pattern, title)) for title in [*titles, "AXB_c-2", "DCM4CHEE2"]] == [
        True,
        True,
        False,
        False,
    ]


def test_slashes_around_the_function_path_are_taken_off() -> None:
    assert gateway_function.environment(**SITE, function_path="/a/b/")["DICOM_FUNCTION_PATH"] == "a/b"


@pytest.mark.parametrize("title", ["", "A B", "A|B", "A)", "A\\E", "x" * 17, "Ä", "A\n"])
def test_an_illegal_ae_title_is_refused_by_name(title: str) -> None:
    with pytest.raises(PayloadError, match=re.escape(f"gateway: AE title {title!r}, allowed: 1 to 16 of letters")):
        gateway_function.environment(**{**SITE, "ae_titles": ["DCM4CHEE", title]})


def test_no_ae_title_at_all_is_refused() -> None:
    with pytest.raises(PayloadError, match="gateway: no AE title; every request would be refused"):
        gateway_function.environment(**{**SITE, "ae_titles": []})


@pytest.mark.parametrize("path", ["a//b", "a/\\E.*", "a b", "a?b"])
def test_an_illegal_function_path_is_refused(path: str) -> None:
    with pytest.raises(PayloadError, match=re.escape(f"gateway: function path {path!r}, allowed: segments of letters")):
        gateway_function.environment(**SITE, function_path=path)


def test_an_image_with_login_and_viewer_fits_into_the_command_that_carries_it_whatever_the_site_is_called() -> None:
    registry = f"{'n' * 20}-{'1' * 16}-registry-vpc.cn-heyuan-acdr-1.cr.aliyuncs.com/dicom"
    base, viewer = f"{registry}/nginx:1.28.0", f"{registry}/ohif-app:v3.13.2"
    carrier = Command(Edition(login=True, viewer=True).files(STEP), "image", 1800)
    carrier.check({"image": f"{base}-dicom-0123456789ab", "base": base, "viewer": viewer})
