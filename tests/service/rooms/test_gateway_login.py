"""Room gateway with a login: people's domain asks for tokens, programs have a door of their own, the image can judge both."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.image_tag import image_tag
from dicom_cdk.payload.login import NAMES, VIEWER_NAMES
from dicom_cdk.settings.site import SiteSettings
from dicom_cdk.synth import synthesize
from tests.conftest import SMALL_SITE
from tests.synthesized import Synthesized

KEY = {"kid": "2026", "kty": "EC", "alg": "ES256", "crv": "P-256", "use": "sig",
       "x": "3weA07wpD70SbonLs5I2Vi4wARnXUVW1XdbUL3O_1pc", "y": "7tyTPQdLxpzCHUPW3clmXGl0FC4NkTAO_9HFnD9uk0c"}  # fmt: skip
LOGIN = {
    "issuer": "https://login.clinic.cn/realms/clinic",
    "audience": "dicom",
    "jwks": [KEY],
    "ae_claim": "dicom_ae",
    "role_claim": "realm_access.roles",
    "read_roles": ["reader"],
}
SITE: dict[str, Any] = {
    "gateway": {"domain": "images.clinic.cn", "signed_domain": "signed.clinic.cn", "login": LOGIN,
                "allowed_origins": ["https://viewer.clinic.cn"]},
    "network": {"hospital_cidrs": ["10.120.0.0/16"]},
}  # fmt: skip


def synthesized(out: Path, settings: dict[str, Any]) -> Synthesized:
    synthesize([SiteSettings.model_validate({**SMALL_SITE, **settings}, strict=False)], out)
    return Synthesized.read(out / "stacks" / "clinic")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    return synthesized(tmp_path_factory.mktemp("login"), SITE)


def test_peoples_domain_asks_for_tokens_of_the_issuers_keys_in_a_header(stack: Synthesized) -> None:
    auth = stack.resources["gateway/domain"]["auth_config"]
    assert auth["auth_type"] == "jwt"
    assert json.loads(auth["auth_info"]) == {"jwks": {"keys": [KEY]}, "tokenLookup": "header:Authorization:Bearer "}


def test_programs_have_a_domain_of_their_own_with_its_certificate_and_name(stack: Synthesized) -> None:
    domain = stack.resources["gateway/signed-domain"]
    assert (domain["custom_domain_name"], domain["auth_config"]) == ("signed.clinic.cn", {"auth_type": "function"})
    assert domain["cert_config"]["private_key"] == "${var.gateway_signed_private_key}"
    assert stack.resources["gateway/signed-cname"]["rr"] == "signed"
    assert set(stack.json["variable"]) == {
        f"gateway_{part}" for part in ("certificate", "private_key", "signed_certificate", "signed_private_key")
    }
    assert all(variable["sensitive"] for variable in stack.json["variable"].values())
    assert domain["route_config"] == stack.resources["gateway/domain"]["route_config"]


def test_pages_of_other_origins_may_call_where_tokens_are_asked_for_and_not_the_other_door(stack: Synthesized) -> None:
    assert stack.resources["gateway/domain"]["cors_config"]["allow_origins"] == ["https://viewer.clinic.cn"]
    assert "cors_config" not in stack.resources["gateway/signed-domain"].attributes


def test_the_trigger_stays_signed(stack: Synthesized) -> None:
    assert json.loads(stack.resources["gateway/trigger"]["trigger_config"])["authType"] == "function"


def test_the_function_gets_what_tokens_are_judged_by_and_the_filter_nothing_of_it(stack: Synthesized) -> None:
    function = stack.resources["gateway/function"]["environment_variables"]
    assert function["DICOM_LOGIN_ISSUER"] == LOGIN["issuer"]
    assert function["DICOM_LOGIN_KEYS"].startswith("2026 ES256 MFkw")
    assert (function["DICOM_LOGIN_READ_ROLES"], function["DICOM_LOGIN_WRITE_ROLES"]) == ("reader", "")
    assert function["DICOM_SIGNED_DOMAIN"] == "signed.clinic.cn"
    filtered = {one["name"]: one["value"] for one in json.loads(stack.resources["filter/application"]["envs"])}
    assert set(filtered) == set(function)
    assert {filtered[name] for name in NAMES} == {""}


def test_both_run_the_image_that_reads_tokens(stack: Synthesized) -> None:
    image = stack.resources["gateway/function"]["custom_container_config"]["image"]
    base = "clinic-1234567890123456-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/nginx:1.28.0"
    assert image.endswith(image_tag(base, Edition(login=True)))
    assert image_tag(base, Edition(login=True)) != image_tag(base)
    assert stack.resources["filter/application"]["image_url"] == image


def test_outputs_say_which_door_is_whose(stack: Synthesized) -> None:
    outputs = {name: stack.json["output"][name] for name in ("gateway_url", "gateway_signed_url")}
    assert [one["value"] for one in outputs.values()] == ["https://images.clinic.cn", "https://signed.clinic.cn"]
    assert "browsers" in outputs["gateway_url"]["description"]
    assert "testing" not in outputs["gateway_signed_url"]["description"]


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    login = {**LOGIN, "client_id": "viewer"}
    gateway = {**SITE["gateway"], "viewer": {"tag": "v3.13.2"}, "login": login}
    return synthesized(tmp_path_factory.mktemp("viewer"), {**SITE, "gateway": gateway})


def test_the_viewers_files_need_no_token_and_nothing_else_is_without_one(viewer: Synthesized) -> None:
    domain = viewer.resources["gateway/domain"]
    assert json.loads(domain["auth_config"]["auth_info"])["whitelist"] == ["/viewer", "/viewer/*"]
    routes = domain["route_config"]["routes"]
    assert [(route["path"], route["methods"]) for route in routes if "/dcm4chee-arc/" not in route["path"]] == [
        ("/viewer", ["GET", "HEAD"]),
        ("/viewer/*", ["GET", "HEAD"]),
    ]
    signed = viewer.resources["gateway/signed-domain"]["route_config"]["routes"]
    assert not [route for route in signed if "viewer" in route["path"]]


def test_the_viewers_image_is_mirrored_built_in_and_part_of_the_tag(viewer: Synthesized) -> None:
    mirrored = "clinic-1234567890123456-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom/ohif-app:v3.13.2"
    rule = viewer.resources["registry/subscription-ohif-app"]
    assert (rule["source_namespace_name"], rule["source_repo_name"]) == ("ohif", "app")
    assert (rule["repo_name"], rule["tag_regexp"]) == ("ohif-app", "^v3\\.13\\.2$")
    assert "registry/ohif-app" in viewer.resources
    values = viewer.resources["archive/gateway-image/run"]["parameters"]["values"]
    assert mirrored in values
    image = viewer.resources["gateway/function"]["custom_container_config"]["image"]
    base = mirrored.replace("ohif-app:v3.13.2", "nginx:1.28.0")
    edition = Edition(login=True, viewer=True)
    assert image.endswith(image_tag(base, edition, mirrored))
    assert image_tag(base, edition, mirrored) != image_tag(base, edition, f"{mirrored}1")


def test_the_function_knows_the_viewers_client_and_the_filter_has_no_viewer(viewer: Synthesized) -> None:
    function = viewer.resources["gateway/function"]["environment_variables"]
    assert [function[name] for name in VIEWER_NAMES] == ["https://login.clinic.cn", "viewer", "openid", "false"]
    filtered = {one["name"]: one["value"] for one in json.loads(viewer.resources["filter/application"]["envs"])}
    assert [filtered[name] for name in VIEWER_NAMES] == ["", "", "", ""]


def test_without_a_viewer_there_is_no_sixth_image(stack: Synthesized) -> None:
    assert not [path for path in stack.resources if "ohif" in path]
    assert "whitelist" not in stack.resources["gateway/domain"]["auth_config"]["auth_info"]


def test_without_a_second_domain_programs_use_the_functions_own_address(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(gateway={"domain": "images.clinic.cn", "login": LOGIN})
    assert stack.json["output"]["gateway_signed_url"]["value"].endswith("url_internet}")
    assert len(stack.of_type("fcv3_custom_domain")) == 1


def test_a_viewer_without_a_login_is_behind_signatures_and_waived_with_the_sites_own_reason(
    stack_with: Callable[..., Synthesized],
) -> None:
    reason = "the hospital's proxy lets people in and signs what they ask"
    made = stack_with(gateway={"domain": "images.clinic.cn", "viewer": {"tag": "v3.13.2", "without_login": reason}})
    domain = made.resources["gateway/domain"]
    assert domain["auth_config"] == {"auth_type": "function"}
    assert [route["path"] for route in domain["route_config"]["routes"]][1:] == ["/viewer", "/viewer/*"]
    (waived,) = made.json["resource"]["alicloud_fcv3_custom_domain"]["gateway_domain"]["//"]["checkov"]["skip"]
    assert (waived["id"], waived["comment"]) == ("CKV2_DICOM_44", reason)
    function = made.resources["gateway/function"]["environment_variables"]
    assert (function["DICOM_LOGIN_ISSUER"], function["DICOM_VIEWER_UPLOAD"]) == ("", "false")
    assert "DICOM_LOGIN_KEYS" not in function
