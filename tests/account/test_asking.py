"""Calls: signed, once a question, again where throttled; every way in which an answer can be none is told by its kind."""

import threading
from collections.abc import Iterator

import pytest

from dicom_cdk.account.answers import number, rows, word
from dicom_cdk.account.asking import Asker, sender
from dicom_cdk.account.calls import ECS_SOLD, IDENTITY, Call
from dicom_cdk.account.credentials import Credentials, from_environment
from dicom_cdk.account.errors import AskError, Kind, kind_of
from dicom_cdk.account.services import BSS, ECS, RDS, ROS, SAE, Service
from tests.account.vendor import KEYS, Answer, Vendor, error, vendor

pytestmark = pytest.mark.server

REGION = "cn-shanghai"


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with vendor({}) as found:
        yield found


@pytest.fixture
def cloud(running: Vendor) -> Vendor:
    running.forget()
    return running


def credentials(token: str = "") -> Credentials:
    found = from_environment({**KEYS, "ALIBABA_CLOUD_SECURITY_TOKEN": token})
    assert found
    return found


def test_a_call_is_signed_as_the_vendor_signs_and_gives_the_body(cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = {"AccountId": "1"}
    assert cloud.connect(credentials(), REGION)(IDENTITY) == {"RequestId": "r-1", "AccountId": "1"}
    assert cloud.refused == []


def test_a_wrong_secret_is_refused_by_the_stand_in_too(cloud: Vendor) -> None:
    with pytest.raises(AskError) as failed:
        cloud.connect(Credentials("made-up-id", "other"), REGION)(IDENTITY)
    assert (failed.value.kind, failed.value.code, cloud.refused) == (
        "credentials",
        "SignatureDoesNotMatch",
        ["GetCallerIdentity"],
    )


def test_a_temporary_key_s_token_goes_along_signed(cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = {"AccountId": "1"}
    cloud.connect(credentials("made-up-token"), REGION)(IDENTITY)
    assert cloud.refused == []


def test_a_roa_call_fills_its_path_and_is_a_get(cloud: Vendor) -> None:
    cloud.answers["GetThing"] = lambda parameters: {"Got": dict(parameters)}
    answer = cloud.connect(credentials(), REGION)(Call(SAE, "GetThing", "/things/{name}"), name="a", Cpu="1")
    assert answer["Got"] == {"Cpu": "1"}


def test_the_same_question_is_sent_once_even_by_many_at_once(cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = {"AccountId": "1"}
    cloud.slow["GetCallerIdentity"] = 0.05
    ask = cloud.connect(credentials(), REGION)
    threads = [threading.Thread(target=ask, args=(IDENTITY,)) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert cloud.actions() == ["GetCallerIdentity"]


def test_a_throttled_call_is_made_again_and_given_up_in_the_end(cloud: Vendor) -> None:
    answers: list[Answer] = [error("Throttling.User", status=400), {"AccountId": "1"}]
    cloud.answers["GetCallerIdentity"] = lambda _: answers.pop(0)
    assert cloud.connect(credentials(), REGION)(IDENTITY)["AccountId"] == "1"
    cloud.answers["GetCallerIdentity"] = error("Throttling", status=503)
    with pytest.raises(AskError) as failed:
        cloud.connect(credentials(), REGION)(IDENTITY)
    assert (failed.value.kind, len(cloud.asked)) == ("throttled", 2 + 3)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"<html>sign in to the guest network</html>", "nonsense"),
        (b"[1, 2]", "nonsense"),
        (b"", "nonsense"),
        ((502, b"<html>bad gateway</html>"), "nonsense"),
        ((500, b"{}"), "nonsense"),
        (error("NoPermission", status=403), "forbidden"),
        (error("Some.NewCode"), "other"),
        (b'{"AccountId": "1"}', "nonsense"),
        ({"Success": False, "Code": "NotAuthorized", "Message": "no"}, "forbidden"),
        ({"IsSuccess": "false", "Code": "Throttling"}, "throttled"),
        ({"Success": False}, "other"),
    ],
)
def test_what_is_no_answer_is_told_by_its_kind(answer: Answer, kind: Kind, cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = answer
    with pytest.raises(AskError) as failed:
        cloud.connect(credentials(), REGION)(IDENTITY)
    assert failed.value.kind == kind, failed.value


def test_a_vendor_that_is_slow_or_not_there_is_unreachable(cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = {"AccountId": "1"}
    cloud.slow["GetCallerIdentity"] = 0.4
    for ask in (
        Asker(sender(credentials(), REGION, at=cloud.url, timeout=0.1)),
        Asker(sender(credentials(), REGION, at="http://127.0.0.1:1", timeout=0.1)),
    ):
        with pytest.raises(AskError) as failed:
            ask(IDENTITY)
        assert failed.value.kind == "unreachable", failed.value


def test_nothing_of_the_key_is_in_what_an_error_says(cloud: Vendor) -> None:
    cloud.answers["GetCallerIdentity"] = error(
        "Some.Code", "key made-up-id with made-up-secret and made-up-token is wrong"
    )
    with pytest.raises(AskError) as failed:
        cloud.connect(credentials("made-up-token"), REGION)(IDENTITY)
    assert str(failed.value) == "Some.Code: key … with … and … is wrong"
    assert "made-up" not in repr(credentials("made-up-token"))


@pytest.mark.parametrize("missing", list(KEYS))
def test_without_a_key_there_are_no_credentials(missing: str) -> None:
    assert from_environment({name: value for name, value in KEYS.items() if name != missing}) is None
    assert from_environment({**KEYS, missing: "  "}) is None


CODES: dict[str, Kind] = {
    "NoPermission": "forbidden", "Forbidden.RAM": "forbidden", "Forbbiden.SubUser": "forbidden", "AccessDenied": "forbidden",
    "Forbedden.NotSupportRAM": "forbidden", "Forbidden.KmsServiceNotEnabled": "inactive", "KmsServiceNotEnabled": "inactive",
    "InvalidParameter.KmsServiceNotEnabled": "inactive", "Forbbiden.TransitRouterServiceNotOpen": "inactive",
    "RealNameAuthenticationError": "account", "InsufficientBalance": "account", "InvalidAccountStatus.NotEnoughBalance": "account",
    "User.InDebt": "account", "Forbidden.RiskControl": "account", "Throttling.User": "throttled", "Throttling": "throttled",
    "InvalidAccessKeyId.NotFound": "credentials", "SignatureDoesNotMatch": "credentials", "InvalidZoneId.NotFound": "other",
}  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), CODES.items(), ids=CODES.keys())
def test_a_code_means_what_somebody_has_to_do(code: str, kind: Kind) -> None:
    assert kind_of(code) == kind


@pytest.mark.parametrize(
    ("service", "region", "host"),
    [
        (ECS, "cn-shanghai", "ecs.cn-shanghai.aliyuncs.com"),
        (RDS, "cn-shanghai", "rds.aliyuncs.com"),
        (RDS, "cn-zhangjiakou", "rds.cn-zhangjiakou.aliyuncs.com"),
        (ROS, "eu-central-1", "ros.aliyuncs.com"),
        (BSS, "cn-beijing", "business.aliyuncs.com"),
        (BSS, "eu-central-1", "business.ap-southeast-1.aliyuncs.com"),
    ],
)
def test_a_service_answers_where_the_vendor_s_sdk_asks_it(service: Service, region: str, host: str) -> None:
    assert service.address(region) == host


def test_answers_of_another_shape_are_told_and_missing_lists_are_empty() -> None:
    action = ECS_SOLD.action
    assert rows({}, action, "A.B") == []
    assert word({"A": {"B": 1}}, action, "A.B") == "1"
    assert number({"A": "1.5"}, action, "A") == 1.5
    for answer, said in (
        ({"A": {"B": "text"}}, "answered no list of objects in A.B"),
        ({"A": []}, "answered no object around B of A.B"),
    ):
        with pytest.raises(AskError, match=said):
            rows(answer, action, "A.B")
    with pytest.raises(AskError, match="answered no plain value in A"):
        word({"A": {}}, action, "A")
    with pytest.raises(AskError, match="answered 'many' for the number A"):
        number({"A": "many"}, action, "A")
