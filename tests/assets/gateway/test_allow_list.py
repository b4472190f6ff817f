"""Which requests reach the archive, and that they reach it byte for byte (facts: images 6.3)."""

from collections.abc import Callable

import pytest

from tests.assets.gateway.conftest import DOMAIN, PREFIX, Gateway

pytestmark = pytest.mark.server

AE = "/dcm4chee-arc/aets/DCM4CHEE"
STUDY = f"{AE}/rs/studies/1.113654.3.13.1026"
SERIES = f"{STUDY}/series/2.25.144996685350575051252979153755370108609"
INSTANCE = f"{SERIES}/instances/1.2.3"

FORMS = {
    "plain": ("", ""),
    "plain with a slash more": ("", "/"),
    "prefix": (PREFIX, f"/{PREFIX}"),
    "prefix with a slash more": (PREFIX, f"/{PREFIX}/"),
    "prefix known, not sent": (PREFIX, ""),
}
"""How a caller may write an address: the site's function path, and what stands before the archive's path."""

SEARCH = ["GET", "HEAD", "OPTIONS"]
FORWARDED = [
    *[
        (method, f"{AE}/rs/{resource}{count}")
        for resource in ("patients", "studies", "series", "instances", "mwlitems", "workitems")
        for count in ("", "/count")
        for method in SEARCH
    ],
    ("GET", f"{AE}/rs/patients?limit=21&includefield=all&offset=0"),
    ("GET", f"{AE}/rs/studies?PatientName=DOE%5E*&StudyDate=20170716-20170717&fuzzymatching=true"),
    ("GET", f"{AE}/rs/studies?PatientName=%E7%8E%8B%5E%E5%B0%8F%E4%B8%9C%3D&00100020=a%2Fb%3Fc%23d%25e+f"),
    ("GET", f"{AE}/rs/studies?a=/../..;x&b=//&c=%2e%2e%2f&d=$uri&e=%0d%0aX-Planted:%201&f='\""),
    ("GET", f"{AE}/rs/studies?"),
    ("GET", f"{AE}/rs/studies??x"),
    ("GET", STUDY),
    ("HEAD", STUDY),
    ("OPTIONS", STUDY),
    *[
        ("GET", f"{level}/{child}")
        for level in (STUDY, SERIES, INSTANCE)
        for child in ("metadata", "rendered", "thumbnail", "bulkdata")
    ],
    ("GET", f"{STUDY}/series"),
    ("GET", f"{STUDY}/series/count"),
    ("GET", f"{STUDY}/instances?limit=2"),
    ("GET", f"{STUDY}/instances/count"),
    ("GET", SERIES),
    ("GET", f"{SERIES}/instances?includefield=all"),
    ("GET", INSTANCE),
    ("GET", f"{INSTANCE}?accept=application/dicom"),
    ("GET", f"{INSTANCE}/frames/1"),
    ("GET", f"{INSTANCE}/frames/1,2,13"),
    ("GET", f"{INSTANCE}/frames/1/rendered"),
    ("GET", f"{INSTANCE}/frames/1,2/rendered?quality=90"),
    ("GET", f"{INSTANCE}/frames/1/thumbnail?viewport=64,64"),
    ("HEAD", f"{INSTANCE}/frames/1,2/thumbnail"),
    ("GET", f"{INSTANCE}/bulkdata/00420011"),
    ("GET", f"{INSTANCE}/bulkdata/54000100/1/54001010"),
    ("POST", f"{AE}/rs/studies"),
    ("POST", STUDY),
    ("OPTIONS", f"{AE}/rs/studies"),
    *[(method, f"{AE}/wado?requestType=WADO&studyUID=1&seriesUID=2&objectUID=3") for method in SEARCH],
]

REFUSED = [
    *[
        (method, path)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "MKCOL", "PROPFIND", "COPY", "LOCK", "get")
        for path in (f"{AE}/rs/studies", STUDY, f"{AE}/wado?requestType=WADO", "/healthz")
    ],
    ("POST", "/healthz"),
    *[
        ("POST", path)
        for path in (
            f"{AE}/rs",
            f"{AE}/rs/patients",
            f"{AE}/rs/series",
            f"{AE}/rs/instances",
            f"{AE}/rs/workitems",
            f"{AE}/wado?requestType=WADO",
            f"{STUDY}/reject/113001%5EDCM",
            f"{STUDY}/export/CALC-QRT",
            f"{STUDY}/copy",
            f"{STUDY}/move/113001%5EDCM",
            f"{STUDY}/reimport",
            f"{STUDY}/metadata",
            f"{STUDY}/series",
            SERIES,
            INSTANCE,
            f"{AE}/rs/studies/export/dicom:REMOTE",
            f"{AE}/rs/studies/./",
            f"{AE}/rs//studies/csv",
            f"{STUDY}//reject/113001%5EDCM",
        )
    ],
    *[
        ("GET", path)
        for path in (
            "/",
            AE,
            f"{AE}/",
            f"{AE}/rs",
            f"{AE}/rs/",
            f"{AE}/rs/patients/583295",
            f"{AE}/rs/devices",
            f"{AE}/rs/studies/csv",
            f"{AE}/rs//",
            f"{AE}/rs/studiesx",
            f"{AE}/rs/STUDIES",
            f"{AE}/rs/mwlitems/1.2/3",
            f"{AE}/rs/workitems/1.2",
            f"{AE}/wado",
            f"{AE}/wado?",
            f"{AE}/wado/",
            f"{AE}//wado//?",
            f"{AE}/wado/x?requestType=WADO",
            f"{AE}/dimse/REMOTE/studies",
            f"{AE}/dimes/REMOTE/studies",
            f"{STUDY}/reject",
            f"{STUDY}/frames/1",
            f"{INSTANCE}/frames",
            f"{INSTANCE}/frames/",
            f"{INSTANCE}/frames/1,",
            f"{INSTANCE}/frames/1%2C",
            f"{INSTANCE}/frames/%2C1",
            f"{INSTANCE}/frames/1%252C2",
            f"{INSTANCE}/frames/1%2F2",
            f"{INSTANCE}/frames/1%3B2",
            f"{INSTANCE}/frames/a",
            f"{INSTANCE}/frames/rendered",
            f"{INSTANCE}/frames/1/rendered/x",
            f"{INSTANCE}/frames/1/Rendered",
            f"{INSTANCE}/frames/thumbnail",
            f"{INSTANCE}/frames/1/thumbnail/rendered",
            f"{INSTANCE}/frames/1,/rendered",
            f"{INSTANCE}/frames/1/metadata",
            f"{INSTANCE}/bulkdata/../../x",
            # other AE titles and letter cases
            "/dcm4chee-arc/aets/OTHER/rs/studies",
            "/dcm4chee-arc/aets/DCM4CHEE2/rs/studies",
            "/dcm4chee-arc/aets/XDCM4CHEE/rs/studies",
            "/dcm4chee-arc/aets/DCM4CHE/rs/studies",
            "/dcm4chee-arc/aets/dcm4chee/rs/studies",
            "/dcm4chee-arc/aets//rs/studies",
            "/dcm4chee-arc/aets/AXB_c-2/rs/studies",
            "/dcm4chee-arc/aets/DCM4CHEE|A/rs/studies",
            "/dcm4chee-arc/aets/DCM4CHE%45/rs/studies",
            "/DCM4CHEE-ARC/aets/DCM4CHEE/rs/studies",
            # the rest of the archive
            "/dcm4chee-arc/ctrl/stop",
            "/dcm4chee-arc/ctrl/status",
            "/dcm4chee-arc/ui2",
            "/dcm4chee-arc/devices",
            "/dcm4chee-arc/monitor/associations",
            "/dcm4chee-arc/storage",
            "/auth/realms",
            # foreign prefixes
            f"/x{AE}/rs/studies",
            f"/x/y{AE}/rs/studies",
            f"x{AE}/rs/studies",
            # dot segments in any writing
            f"{AE}/rs/studies/../../../../ctrl/stop",
            f"{AE}/rs/../rs/studies",
            f"{AE}/rs/./studies",
            f"{AE}/rs/%2e%2e/studies",
            f"{AE}/rs/%2E%2E%2Fstudies",
            f"{AE}/rs/%252e%252e/studies",
            f"{AE}/rs/..;/studies",
            f"{AE}/rs/studies/..;/..;/ctrl/stop",
            f"{AE}/rs/studies/1.2/..;/..;/..;/..;/ctrl/stop",
            f"{AE}/rs/studies/1.2%2f..%2f..%2fctrl",
            f"{AE}/rs/studies/..",
            f"{AE}/rs/studies/.",
            f"{AE}/rs/studies;x=1",
            f"{AE};x/rs/studies",
            f"{AE}/rs/studies\\..\\x",
            f"{AE}/rs//../studies",
            f"{AE}//..//DCM4CHEE/rs/studies",
            f"{AE}/rs/studies/..//",
            f"{AE}/rs/.//studies",
            f"{AE}/rs%2F%2Fstudies",
            f"{AE}%2Frs/studies",
            f"{AE}/rs/studies%2F",
            "//evil.example.org" + AE + "/rs/studies",
            "/../dcm4chee-arc/aets/DCM4CHEE/rs/studies",
            # what is not a UID
            f"{AE}/rs/studies/1.2%3Fx",
            f"{AE}/rs/studies/1.2%23x",
            f"{AE}/rs/studies/1.2%2Fseries",
            f"{AE}/rs/studies/1.2%25",
            f"{AE}/rs/studies/1.2%20",
            f"{AE}/rs/studies/1.2%0d%0aX-Planted:%201",
            f"{AE}/rs/studies/1.2%00",
            f"{AE}/rs/studies/1.2%2C3",
            f"{AE}/rs/studies/1.2,3",
            f"{AE}/rs%2Cstudies",
            f"{AE}/rs/studies%",
            f"{AE}/rs/studies%2",
            f"{AE}/rs/studies/1%2e2",
            f"{AE}/rs/studies/1..2",
            f"{AE}/rs/studies/.1",
            f"{AE}/rs/studies/1.",
            f"{AE}/rs/studies/a",
            f"{AE}/rs/studies/1.2-3",
            f"{AE}/rs/studies/1.2+3",
            f"{AE}/rs/studies/*",
            f"{AE}/rs/studies#x",
            f"{AE}/rs/studies?a#x",
            f"{AE}/rs/studies%3Flimit=1",
            f"{AE}/rs/%73tudies",
        )
    ],
]


@pytest.mark.parametrize("form", FORMS)
def test_allowed_requests_reach_the_archive_byte_for_byte_without_the_prefix(
    form: str, gateway_of: Callable[..., Gateway]
) -> None:
    function_path, before = FORMS[form]
    gateway = gateway_of(function_path=function_path)
    for method, target in FORWARDED:
        answer, received = gateway.forwarded(method, before + target)
        assert answer.status == 200, (method, before + target)
        assert [(one.method, one.target) for one in received] == [(method, target)]


CLEANED = [
    *[
        (method, before + AE + target, AE + cleaned)
        for before in ("", "/", "//")
        for method, target, cleaned in (
            ("GET", "/rs//series", "/rs/series"),
            ("GET", "//rs///studies?limit=1", "/rs/studies?limit=1"),
            ("GET", "/rs/studies/", "/rs/studies"),
            ("GET", "/rs/studies//?a=//b//", "/rs/studies?a=//b//"),
            ("GET", "/rs/patients/?includefield=all", "/rs/patients?includefield=all"),
            ("POST", "/rs/studies/", "/rs/studies"),
            ("POST", "//rs//studies//", "/rs/studies"),
            ("POST", "/rs/studies/1.2/", "/rs/studies/1.2"),
            (
                "GET",
                "/rs//studies//1.2//series//3//instances//4//frames//5",
                "/rs/studies/1.2/series/3/instances/4/frames/5",
            ),
            ("GET", "/rs/studies/1/series/2/instances/3/frames/1%2C1", "/rs/studies/1/series/2/instances/3/frames/1,1"),
            (
                "GET",
                "/rs/studies/1/series/2/instances/3/frames/1%2c2,3/",
                "/rs/studies/1/series/2/instances/3/frames/1,2,3",
            ),
            ("GET", "/rs/studies/1/metadata/", "/rs/studies/1/metadata"),
            ("HEAD", "//wado?requestType=WADO", "/wado?requestType=WADO"),
            ("GET", "/wado/?requestType=WADO", "/wado?requestType=WADO"),
        )
    ],
    ("GET", f"{AE.replace('/', '//')}/rs/studies", f"{AE}/rs/studies"),
]
"""Method, what real clients send, and what the archive gets."""


@pytest.mark.parametrize("form", FORMS)
def test_slashes_too_many_and_encoded_commas_are_cleaned(form: str, gateway_of: Callable[..., Gateway]) -> None:
    function_path, before = FORMS[form]
    gateway = gateway_of(function_path=function_path)
    for method, target, cleaned in CLEANED:
        answer, received = gateway.forwarded(method, before + target)
        assert answer.status == 200, (method, before + target)
        assert [(one.method, one.target) for one in received] == [(method, cleaned)]


@pytest.mark.parametrize("form", FORMS)
def test_everything_else_is_refused_and_nothing_of_it_reaches_the_archive(
    form: str, gateway_of: Callable[..., Gateway]
) -> None:
    function_path, before = FORMS[form]
    gateway = gateway_of(function_path=function_path)
    for method, target in REFUSED:
        answer, received = gateway.forwarded(method, before + target)
        allowed = {400} if method == "get" or (target.startswith("x") and not before) else {400, 403, 405}
        assert answer.status in allowed, (method, before + target)
        assert received == [], (method, before + target)


@pytest.mark.parametrize(
    "prefix",
    [
        "/2016-08-15/proxy/dicomwebXLATEST/do",
        "/2016-08-15/proxy/dicomweb.LATEST/d",
        "/2016-08-15/proxy/dicomweb.LATEST/do2",
        "/2016-08-15/proxy/dicomweb.LATEST/do/x",
        "/2016-08-15/proxy/dicomweb.LATEST",
        f"/x/{PREFIX}",
        f"/{PREFIX}/{PREFIX}",
        f"//x//{PREFIX}",
    ],
)
def test_a_prefix_that_differs_in_one_character_is_refused(prefix: str, gateway_of: Callable[..., Gateway]) -> None:
    answer, received = gateway_of(function_path=PREFIX).forwarded("GET", f"{prefix}{AE}/rs/studies")
    assert (answer.status, received) == (403, [])


def test_the_prefix_of_another_address_form_is_refused_when_the_site_has_none(gateway: Gateway) -> None:
    answer, received = gateway.forwarded("GET", f"/{PREFIX}{AE}/rs/studies")
    assert (answer.status, received) == (403, [])


@pytest.mark.parametrize("title", ["DCM4CHEE", "A.B_c-2"])
def test_each_ae_title_of_the_site_is_let_through(title: str, gateway: Gateway) -> None:
    target = f"/dcm4chee-arc/aets/{title}/rs/studies/1.2/metadata"
    answer, received = gateway.forwarded("GET", target)
    assert (answer.status, [one.target for one in received]) == (200, [target])


def test_a_target_in_absolute_form_is_judged_by_its_path(gateway: Gateway) -> None:
    answer, received = gateway.forwarded("GET", f"http://elsewhere.example.org{AE}/rs/studies?limit=1")
    assert (answer.status, received[0].target, received[0].header("host")) == (
        200,
        f"{AE}/rs/studies?limit=1",
        [DOMAIN],
    )
    answer, received = gateway.forwarded("GET", "http://elsewhere.example.org/dcm4chee-arc/ctrl/stop")
    assert (answer.status, received) == (403, [])


def test_the_archives_own_status_comes_back(gateway: Gateway) -> None:
    gateway.archive.status = "409 Conflict"
    try:
        answer, _ = gateway.forwarded("POST", f"{AE}/rs/studies", body=b"x")
        assert (answer.status, answer.body) == (409, b"from the archive")
        gateway.archive.status = "403 Forbidden"
        answer, _ = gateway.forwarded("GET", STUDY)
        assert (answer.status, answer.body) == (403, b"from the archive")
    finally:
        gateway.archive.status = "200 OK"


def test_dimse_paths_pass_only_where_the_site_opens_them(gateway_of: Callable[..., Gateway]) -> None:
    target = f"{AE}/dimse/REMOTE/studies?PatientID=1"
    answer, received = gateway_of().forwarded("GET", target)
    assert (answer.status, received) == (403, [])
    opened = gateway_of(open_dimse=True)
    for method in ("GET", "POST"):
        answer, received = opened.forwarded(method, target)
        assert (answer.status, [one.target for one in received]) == (200, [target])
    for method, path in [
        ("GET", f"{AE}/dimse/../rs/reject"),
        ("GET", f"{AE}/dimse/..;/x"),
        ("GET", f"{AE}/dimse"),
        ("GET", f"{AE}/dimse/%2e%2e"),
        ("DELETE", target),
        ("GET", f"{AE}/dimes/REMOTE/studies"),
    ]:
        answer, received = opened.forwarded(method, path)
        assert (answer.status in (403, 405), received) == (True, []), (method, path)


def test_refusals_say_what_is_offered(gateway: Gateway) -> None:
    answer, _ = gateway.forwarded("GET", "/dcm4chee-arc/ui2")
    assert answer.headers["Content-Type"] == "application/json"
    assert b"QIDO-RS, WADO-RS, STOW-RS and WADO-URI" in answer.body
    answer, _ = gateway.forwarded("DELETE", STUDY)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert "nginx/" not in answer.headers["Server"]


def test_health_is_answered_without_the_archive_and_not_logged(gateway: Gateway) -> None:
    logged = gateway.nginx.log
    answer, received = gateway.forwarded("GET", "/healthz")
    assert (answer.status, answer.body, received) == (200, b"ok\n", [])
    assert gateway.nginx.log == logged
