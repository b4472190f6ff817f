"""Names that are unique in the world."""

import pytest

from dicom_cdk.preflight.checks import names
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (error("NoSuchBucket", status=404), "ok", "the name is free"),
        ({"Location": "oss-cn-shanghai"}, "look", "there already, in this account"),
        ({"Location": "oss-cn-beijing"}, "lacks", "there already, in cn-beijing"),
        (
            error("AccessDenied", status=403),
            "lacks",
            "taken by another account, or ours and not to be seen by this key",
        ),
        (error("InternalError", status=500), "unasked", "InternalError: no"),
    ],
)
def test_a_bucket_s_name_is_free_ours_or_taken(answer: Answer, verdict: str, said: str) -> None:
    bucket = {"bucket": "made-up", "//": {"metadata": {"path": "clinic/storage/images"}}}
    (found,) = answered(names.CHECK, stack({"alicloud_oss_bucket": {"b": bucket}}), {"GetBucketInfo": answer})
    assert found.paste == ("storage: {bucket: made-up-2}" if verdict in ("lacks", "look") else "")
    assert (found.name, found.verdict, found.said) == ("bucket made-up", verdict, said)


@pytest.mark.parametrize(("place", "verdict"), [("oss-cn-beijing", "look"), ("oss-cn-shanghai", "lacks")])
def test_a_bucket_of_another_region_is_looked_for_there(place: str, verdict: str) -> None:
    bucket = {"bucket": "made-up", "provider": "alicloud.recovery"}
    target = stack({"alicloud_oss_bucket": {"b": bucket}}, elsewhere="cn-beijing")
    (found,) = answered(names.CHECK, target, {"GetBucketInfo": {"Location": place}})
    assert (found.verdict, "cn-shanghai" in found.said) == (verdict, verdict == "lacks")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (error("ProjectNotExist", status=404), "ok"),
        ({"projectName": "made-up"}, "look"),
        (error("Unauthorized", status=401), "lacks"),
        (error("ServerBusy", status=503), "unasked"),
    ],
)
def test_a_log_project_s_name_is_free_ours_or_taken(answer: Answer, verdict: str) -> None:
    resources = {"alicloud_log_project": {"p": {"project_name": "made-up"}}}
    (found,) = answered(names.CHECK, stack(resources), {"GetProject": answer})
    assert (found.name, found.verdict) == ("log project made-up", verdict)


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        (error("NoSuchBucket", status=404), "lacks", "is imported, and there is none in this account"),
        ({"Location": "oss-cn-shanghai"}, "ok", "there, and imported"),
        ({"Location": "oss-cn-beijing"}, "lacks", "there already, in cn-beijing"),
    ],
)
def test_a_bucket_that_is_imported_has_to_be_there(answer: Answer, verdict: str, said: str) -> None:
    target = stack({"alicloud_oss_bucket": {"b": {"bucket": "made-up"}}})
    target.stack.document["import"] = [{"to": "alicloud_oss_bucket.b", "id": "made-up"}]
    (found,) = answered(names.CHECK, target, {"GetBucketInfo": answer})
    assert (found.verdict, found.said, found.paste) == (verdict, said, "")
