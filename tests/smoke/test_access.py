"""What is refused, let in, or neither, by a client that asks nobody."""

import pytest

from dicom_cdk.rehearsal.checks import Expected
from dicom_cdk.smoke import access
from dicom_cdk.smoke.address import address
from dicom_cdk.smoke.client import Answer
from tests.smoke.saying import saying


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_service_that_refuses_for_another_reason_has_let_nobody_in(status: int) -> None:
    filter_ = address("http://10.0.0.5", "DCM4CHEE")
    with pytest.raises(
        Expected, match=f"^GET /dcm4chee-arc/ui2/ was neither refused nor let in: {status}, "
    ) as refused:
        access.closed(saying(Answer(status, {}, b"later")), filter_, stores=False)
    assert "no filter is in front" not in str(refused.value)
    with pytest.raises(
        Expected, match=f"^GET /dcm4chee-arc/ui2/ is let in: {status}; no gateway and no filter is in front"
    ):
        access.closed(saying(Answer(status, {"Server": "WildFly/25"}, b"")), filter_, stores=False)
