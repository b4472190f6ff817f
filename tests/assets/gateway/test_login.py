"""Who comes with a token gets what its claims say, and nothing is believed that a key of the site has not signed."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.public_key import spki
from dicom_cdk.rehearsal.identity.tokens import SigningKey, by_shared_key, claims_of, encoded, unsigned
from tests.assets.gateway.conftest import DOMAIN, Gateway, needs_njs
from tests.assets.gateway.test_allow_list import FORWARDED, REFUSED

pytestmark = pytest.mark.server

ISSUER, AUDIENCE = "https://login.example.com/realms/clinic", "dicom"
SIGNED = "signed.dicomweb-example.com"
OWN = "do-x-abcdefgh.cn-shanghai.fcapp.run"
KEYS = {alg: SigningKey(alg.lower(), alg) for alg in ("RS256", "PS256", "ES256", "ES384")}
KEY, STRANGER = KEYS["RS256"], SigningKey("rs256")
LOGIN = Login(
    issuer=ISSUER,
    audience=AUDIENCE,
    keys=tuple(key.jwk for key in KEYS.values()),
    ae_claim="dicom_ae",
    role_claim="realm_access.roles",
    read_roles=("reader", "doctor"),
    write_roles=("modality",),
)
CLAIMS = {"dicom_ae": ["DCM4CHEE"], "realm_access": {"roles": ["reader", "modality"]}, "preferred_username": "anna"}
QIDO, OTHER = "/dcm4chee-arc/aets/DCM4CHEE/rs/studies", "/dcm4chee-arc/aets/A.B_c-2/rs/studies"

UNKNOWN, WRONG = "its key is not known here", "its signature is wrong"

Ask = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def gateway(gateway_of: Callable[..., Gateway]) -> Gateway:
    needs_njs()
    return gateway_of(
        edition=Edition(login=True), login=LOGIN, signed_domain=SIGNED, allowed_origins=["https://v.example.com"]
    )


def claims(seconds: float = 600, **changed: Any) -> dict[str, Any]:
    return claims_of(ISSUER, AUDIENCE, seconds, **{**CLAIMS, **changed})


@pytest.fixture
def ask(gateway: Gateway) -> Ask:
    """Status, and why not; a request that is refused never reaches the archive, one that is not does once."""

    def of(token: str | None = None, method: str = "GET", target: str = QIDO, **headers: str) -> tuple[int, str]:
        given = {"Host": DOMAIN, **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
        answer, received = gateway.forwarded(method, target, headers=given)
        assert len(received) == (answer.status == 200)
        assert not any(one.header("authorization") for one in received)
        error = json.loads(answer.body)["error"] if answer.status == 403 and method != "HEAD" else ""
        return answer.status, error.removeprefix("your token gives no right to this: ").partition(";")[0]

    return of


@pytest.mark.parametrize("alg", KEYS)
def test_a_token_of_a_key_of_the_site_reads_and_stores_as_its_roles_say(alg: str, ask: Ask) -> None:
    token = KEYS[alg].token(claims())
    assert [ask(token, method)[0] for method in ("GET", "HEAD", "POST")] == [200, 200, 200]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param(lambda: None, "there is none", id="none"),
        pytest.param(lambda: KEY.token(claims()).rpartition(".")[0] + ".AAAA", WRONG, id="no-signature"),
        pytest.param(lambda: STRANGER.token(claims()), WRONG, id="a-strangers"),
        pytest.param(lambda: KEY.token(claims(), kid="other"), UNKNOWN, id="another-kid"),
        pytest.param(lambda: KEY.token(claims(), kid=None), UNKNOWN, id="no-kid"),
        pytest.param(lambda: KEY.token(claims(), kid=["rs256"]), UNKNOWN, id="a-list-as-kid"),
        pytest.param(lambda: KEY.token(claims(), alg="PS256"), UNKNOWN, id="another-way-to-sign"),
        pytest.param(lambda: KEY.token(claims(), alg="RS512"), UNKNOWN, id="a-longer-hash"),
        pytest.param(lambda: KEY.token(claims(), crit=["exp"]), UNKNOWN, id="critical"),
        pytest.param(lambda: f"{unsigned({'alg': 'none'}, claims())}.", "it is no signed token", id="alg-none"),
        pytest.param(lambda: f"{unsigned({'alg': 'none', 'kid': 'rs256'}, claims())}.AAAA", UNKNOWN, id="alg-none-with-kid"),
        pytest.param(lambda: by_shared_key({"alg": "HS256", "kid": "rs256"}, claims(), spki(KEY.jwk)), UNKNOWN, id="shared-key"),
        pytest.param(lambda: by_shared_key({"alg": "HS256"}, claims(), json.dumps(KEY.jwk).encode()), UNKNOWN, id="shared-jwk"),
        pytest.param(lambda: by_shared_key({"alg": "RS256", "kid": "rs256"}, claims(), spki(KEY.jwk)), WRONG, id="as-rsa"),
        pytest.param(lambda: "a.b.c", "it cannot be read", id="three-letters"),
        pytest.param(lambda: f"{encoded(b'[]')}.{encoded(b'{}')}.AAAA", "it cannot be read", id="a-list"),
        pytest.param(lambda: f"{encoded(b'null')}.{encoded(b'{}')}.AAAA", "it cannot be read", id="nothing-in-it"),
        pytest.param(lambda: "x", "it is no signed token", id="one-part"),
        pytest.param(lambda: f"{KEY.token(claims())}.more", "it is no signed token", id="four-parts"),
        pytest.param(lambda: f"{KEY.token(claims())} ", None, id="blank-behind"),
        pytest.param(lambda: f" {KEY.token(claims())}", "it is no signed token", id="blank-before"),
    ],
)  # fmt: skip
def test_what_no_key_of_the_site_has_signed_is_refused(
    given: Callable[[], str | None], why: str | None, ask: Ask
) -> None:
    # Made when asked for: a token's time starts then, and tests have the same names in every process.
    assert ask(given()) == ((403, why) if why else (200, ""))


def test_a_part_of_a_token_that_is_exchanged_is_seen(ask: Ask) -> None:
    head, _, signature = KEY.token(claims()).split(".")
    _, body, _ = KEY.token(claims(dicom_ae="A.B_c-2")).split(".")
    assert ask(f"{head}.{body}.{signature}") == (403, "its signature is wrong")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": None}, "another issuer made it"),
        ({"iss": f"{ISSUER}/"}, "another issuer made it"),
        ({"iss": [ISSUER]}, "another issuer made it"),
        ({"aud": None}, "it is for another audience"),
        ({"aud": "other"}, "it is for another audience"),
        ({"aud": "dicom-viewer"}, "it is for another audience"),
        ({"aud": ["other", AUDIENCE]}, None),
        ({"aud": [[AUDIENCE]]}, "it is for another audience"),
        ({"aud": [AUDIENCE, 1]}, "it is for another audience"),
        ({"aud": {"0": AUDIENCE}}, "it is for another audience"),
        ({"exp": None}, "its time is over"),
        ({"exp": "9999999999"}, "its time is over"),
        ({"exp": 0}, "its time is over"),
        ({"nbf": int(time.time()) + 3600}, "its time has not come"),
        ({"nbf": "soon"}, "its time has not come"),
        ({"iat": int(time.time()) + 3600}, "its time has not come"),
        ({"iat": int(time.time()) + 20}, None),
        ({"dicom_ae": None}, "it does not name this AE title"),
        ({"dicom_ae": ["A.B_c-2"]}, "it does not name this AE title"),
        ({"dicom_ae": "DCM4CHEE2"}, "it does not name this AE title"),
        ({"dicom_ae": "dcm4chee"}, "it does not name this AE title"),
        ({"dicom_ae": {"DCM4CHEE": True}}, "it does not name this AE title"),
        ({"dicom_ae": [["DCM4CHEE"]]}, "it does not name this AE title"),
        ({"dicom_ae": ["DCM4CHEE", None]}, "it does not name this AE title"),
        ({"dicom_ae": "DCM4CHEE"}, None),
        ({"dicom_ae": "A.B_c-2 DCM4CHEE"}, None),
        ({"dicom_ae": "A.B_c-2,DCM4CHEE"}, None),
        ({"dicom_ae": "*"}, "it does not name this AE title"),
        ({"realm_access": None}, "it has no role that may read"),
        ({"realm_access": []}, "it has no role that may read"),
        ({"realm_access": "reader"}, "it has no role that may read"),
        ({"realm_access": {"roles": []}}, "it has no role that may read"),
        ({"realm_access": {"roles": ["Reader", "readers", ""]}}, "it has no role that may read"),
        ({"realm_access": {"roles": ["modality"]}}, "it has no role that may read"),
        ({"realm_access": {"roles": "doctor other"}}, None),
        ({"realm_access": {"roles": [f"role-{n}" for n in range(20)]}}, "it has no role that may read"),
        ({"realm_access": {"roles": [*(f"role-{n}" for n in range(20)), "doctor"]}}, None),
        ({"realm_access": None, "realm_access.roles": ["doctor"]}, None),
        ({"realm_access": {"roles": {"doctor": 1}}}, "it has no role that may read"),
    ],
)  # fmt: skip
def test_each_claim_missing_a_list_or_a_text(changed: dict[str, Any], why: str | None, ask: Ask) -> None:
    assert ask(KEY.token({name: value for name, value in {**claims(), **changed}.items() if value is not None})) == (
        (403, why) if why else (200, "")
    )


def test_clocks_may_differ_by_half_a_minute(ask: Ask) -> None:
    assert ask(KEY.token(claims(-20))) == (200, "")
    assert ask(KEY.token(claims(-40))) == (403, "its time is over")


def test_who_may_read_may_not_store_and_the_other_way_round(ask: Ask) -> None:
    reader, modality = (KEY.token(claims(realm_access={"roles": [role]})) for role in ("doctor", "modality"))
    assert [ask(reader)[0], ask(reader, "POST")] == [200, (403, "it has no role that may store")]
    assert [ask(modality, "POST")[0], ask(modality)] == [200, (403, "it has no role that may read")]


def test_another_ae_title_of_the_site_is_not_given(ask: Ask) -> None:
    assert ask(KEY.token(claims()), target=OTHER) == (403, "it does not name this AE title")
    assert ask(KEY.token(claims(dicom_ae="A.B_c-2")), target=OTHER) == (200, "")


def test_a_token_is_taken_from_the_header_alone(ask: Ask) -> None:
    token = KEY.token(claims())
    assert ask(target=f"{QIDO}?access_token={token}") == (403, "there is none")
    for headers in (
        {"Cookie": f"access_token={token}"},
        {"X-Authorization": f"Bearer {token}"},
        {"Proxy-Authorization": f"Bearer {token}"},
    ):
        assert ask(**headers) == (403, "there is none")
    for scheme in ("bearer", "Token", "Basic", "Bearer:"):
        assert ask(Authorization=f"{scheme} {token}") == (403, "it is no signed token")


def test_claims_that_a_client_plants_as_headers_give_nothing(ask: Ask) -> None:
    planted = {f"X-{name}": value for name, value in
               (("User", "anna"), ("Roles", "reader"), ("Claims", json.dumps(claims())), ("Ae", "DCM4CHEE"))}  # fmt: skip
    assert ask(**planted) == (403, "there is none")


def test_two_authorization_headers_are_refused(gateway: Gateway) -> None:
    good = f"Authorization: Bearer {KEY.token(claims())}\r\n"
    for both in (good + good, good + "Authorization: Bearer x\r\n", "authorization: Basic eDp5\r\n" + good):
        before = len(gateway.archive.requests)
        answer = gateway.nginx.raw(f"GET {QIDO} HTTP/1.1\r\nHost: {DOMAIN}\r\n{both}Connection: close\r\n\r\n".encode())
        assert answer.status in (400, 403), both
        assert len(gateway.archive.requests) == before


@pytest.mark.parametrize(
    "host",
    [DOMAIN, f"{DOMAIN}:443", f"{DOMAIN}.", DOMAIN.upper(), "x", "", f"x.{SIGNED}", f"{SIGNED}.x.org", f"{SIGNED}:443", "127.0.0.1",
     f"{OWN}.example.com", OWN.replace("shanghai", "beijing"), ":443", SIGNED.replace(".", "x")],
)  # fmt: skip
def test_by_every_name_but_the_signed_ones_a_token_is_needed(host: str, gateway: Gateway) -> None:
    before = len(gateway.archive.requests)
    answer = gateway.nginx.ask("GET", QIDO, headers={"Host": host})
    assert answer.status in ((400,) if host in ("", ":443") else (403,))
    assert len(gateway.archive.requests) == before


@pytest.mark.parametrize("name", [SIGNED, OWN])
def test_a_request_that_names_two_hosts_needs_a_token_whichever_of_them_is_a_signed_one(
    name: str, gateway: Gateway
) -> None:
    for line, host in ((DOMAIN, name), (name, DOMAIN), (f"x.{name}", name)):
        before = len(gateway.archive.requests)
        sent = f"GET http://{line}{QIDO} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        assert gateway.nginx.raw(sent.encode()).status == 403, (line, host)
        assert len(gateway.archive.requests) == before
    sent = f"GET http://{name}{QIDO} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    assert gateway.nginx.raw(sent.encode()).status == 200


def test_signed_requests_pass_by_their_own_names_which_answers_lead_back_to(gateway: Gateway) -> None:
    for host in (SIGNED, OWN):
        answer, (received,) = gateway.forwarded("GET", QIDO, headers={"Host": host})
        assert (answer.status, received.header("host"), received.header("x-forwarded-host")) == (200, [host], [host])
    token = {"Authorization": f"Bearer {KEY.token(claims())}", "Host": f"{DOMAIN}:443"}
    _, (received,) = gateway.forwarded("GET", QIDO, headers=token)
    assert received.header("host") == [DOMAIN]


def test_without_a_second_domain_no_empty_name_takes_its_place(gateway_of: Callable[..., Gateway]) -> None:
    needs_njs()
    gateway = gateway_of(edition=Edition(login=True), login=LOGIN)
    for host in ("", ":443", SIGNED, DOMAIN):
        assert gateway.nginx.ask("GET", QIDO, headers={"Host": host}).status in (400, 403)
    assert gateway.archive.requests == []
    assert gateway.nginx.ask("GET", QIDO, headers={"Host": OWN}).status == 200


def test_on_the_intranets_side_nobody_logs_in(gateway_of: Callable[..., Gateway]) -> None:
    needs_njs()
    gateway = gateway_of(edition=Edition(login=True), side="intranet", domain="172.18.92.192:8080", scheme="http")
    answer, (received,) = gateway.forwarded("GET", QIDO, headers={"Host": "anything"})
    assert (answer.status, received.header("host")) == (200, ["172.18.92.192:8080"])


def test_without_claims_of_their_own_all_read_and_nobody_stores(gateway_of: Callable[..., Gateway]) -> None:
    needs_njs()
    login = Login(issuer=ISSUER, audience=AUDIENCE, keys=(KEY.jwk,))
    gateway = gateway_of(edition=Edition(login=True), login=login)
    headers = {"Host": DOMAIN, "Authorization": f"Bearer {KEY.token(claims_of(ISSUER, AUDIENCE))}"}
    assert [gateway.nginx.ask("GET", target, headers=headers).status for target in (QIDO, OTHER)] == [200, 200]
    assert b"nobody stores with one" in gateway.nginx.ask("POST", QIDO, headers=headers).body


def test_preflights_pass_without_a_token_and_never_reach_the_archive(gateway: Gateway) -> None:
    asked = {"Host": DOMAIN, "Origin": "https://v.example.com", "Access-Control-Request-Headers": "authorization"}
    answer, received = gateway.forwarded("OPTIONS", QIDO, headers=asked)
    allowed = {name: answer.headers[f"Access-Control-Allow-{name}"] for name in ("Origin", "Methods", "Headers")}
    assert (answer.status, received, answer.headers["Vary"]) == (204, [], "Origin")
    assert allowed == {
        "Origin": "https://v.example.com",
        "Methods": "GET, HEAD, POST, OPTIONS",
        "Headers": "Accept, Authorization, Content-Type",
    }
    answer, received = gateway.forwarded("OPTIONS", QIDO, headers={**asked, "Origin": "https://evil.example.com"})
    assert (answer.status, received, answer.headers["Access-Control-Allow-Origin"]) == (204, [], None)
    assert gateway.forwarded("OPTIONS", "/dcm4chee-arc/ctrl/stop", headers=asked)[0].status == 403


def test_a_refusal_can_be_read_by_pages_of_named_origins(gateway: Gateway) -> None:
    answer, _ = gateway.forwarded("GET", QIDO, headers={"Host": DOMAIN, "Origin": "https://v.example.com"})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (403, "https://v.example.com")
    assert json.loads(answer.body) == {
        "error": "your token gives no right to this: there is none; log in again, or ask who grants the rights"
    }


def test_every_allowed_target_passes_with_a_token(gateway: Gateway) -> None:
    everything = claims(realm_access={"roles": ["reader", "modality"]}, dicom_ae=["DCM4CHEE", "A.B_c-2"])
    headers = {"Host": DOMAIN, "Authorization": f"Bearer {KEY.token(everything)}"}
    for method, target in FORWARDED:
        answer, received = gateway.forwarded(method, target, headers=headers)
        assert (answer.status, len(received)) == ((204, 0) if method == "OPTIONS" else (200, 1)), target


def test_no_hostile_target_passes_with_a_token(gateway: Gateway) -> None:
    everything = claims(realm_access={"roles": ["reader", "modality"]}, dicom_ae=["DCM4CHEE", "A.B_c-2"])
    headers = {"Host": DOMAIN, "Authorization": f"Bearer {KEY.token(everything)}"}
    for method, target in [*REFUSED, ("GET", "/login"), ("GET", "/login/"), ("POST", "/login"), ("GET", "//login")]:
        answer, received = gateway.forwarded(method, target, headers=headers)
        assert answer.status in (400, 403, 405), (target, answer.status, answer.body)
        assert received == [], target


def test_a_large_token_passes_and_one_beyond_all_buffers_is_refused(ask: Ask, gateway: Gateway) -> None:
    assert ask(KEY.token(claims(groups=["x" * 100] * 54))) == (200, "")
    assert ask(KEY.token(claims(groups=["x" * 100] * 80))) == (200, "")
    huge = {"Host": DOMAIN, "Authorization": f"Bearer {KEY.token(claims(groups=['x' * 100] * 300))}"}
    assert gateway.forwarded("GET", QIDO, headers=huge)[0].status == 400


def test_the_log_says_who_and_why_not_and_nothing_of_tokens_and_queries(gateway_of: Callable[..., Gateway]) -> None:
    needs_njs()
    gateway = gateway_of(edition=Edition(login=True), login=LOGIN, body_limit_mb=2)
    cases = [
        (KEY.token(claims()), "anna", ""),
        (KEY.token(claims(preferred_username='王\n"x"\\')), '王\n"x"\\', ""),
        (KEY.token(claims(preferred_username="n" * 500)), "n" * 128, ""),
        (KEY.token(claims(preferred_username=["anna"])), "", ""),
        (KEY.token(claims(aud="other")), "anna", "it is for another audience"),
        (STRANGER.token(claims()), "", "its signature is wrong"),
        ("x", "", "it is no signed token"),
    ]
    for index, (token, user, why) in enumerate(cases):
        headers = {"Host": DOMAIN, "Authorization": f"Bearer {token}"}
        gateway.nginx.ask("GET", f"{QIDO}?PatientName=SECRET", headers=headers)
        line = gateway.nginx.logged(index + 1)[index]
        assert (line["user"], line["refused"]) == (user, why)
    assert "SECRET" not in gateway.nginx.log
    assert not any(token.rpartition(".")[2] in gateway.nginx.log for token, _, _ in cases[:-1])
