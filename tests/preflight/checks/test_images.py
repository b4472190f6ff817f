"""Images that hosts start from."""

import pytest

from dicom_cdk.preflight.checks import images
from tests.account.vendor import Answer
from tests.preflight.asked import answered, stack


@pytest.mark.parametrize(
    ("listed", "verdict", "said"),
    [
        ([{"ImageId": "ubuntu.vhd", "Status": "Available"}], "ok", "offered"),
        ([{"ImageId": "ubuntu.vhd", "Status": "Deprecated"}], "look", "deprecated: usable, and going away"),
        ([], "lacks", "not offered in cn-shanghai"),
        ([{"ImageId": "other.vhd", "Status": "Available"}], "lacks", "not offered in cn-shanghai"),
    ],
)
def test_an_image_is_offered_deprecated_or_gone(listed: list[dict[str, str]], verdict: str, said: str) -> None:
    hosts = {name: {"image_id": "ubuntu.vhd"} for name in "ab"}
    answers: dict[str, Answer] = {"DescribeImages": {"Images": {"Image": listed}}}
    (found,) = answered(images.CHECK, stack({"alicloud_instance": hosts}), answers)
    assert (found.name, found.verdict, found.said) == ("image ubuntu.vhd", verdict, said)
