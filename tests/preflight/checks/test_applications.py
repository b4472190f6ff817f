"""SAE's sizes."""

import pytest

from dicom_cdk.preflight.checks import applications
from tests.preflight.asked import answered, stack


@pytest.mark.parametrize(
    ("sizes", "verdict", "said", "do"),
    [
        ([(8000, 32768, True)], "ok", "offered", ""),
        (
            [(8000, 32768, False), (8000, 16384, True), (8000, 8192, "true")], "lacks", "not offered",
            "memory that 8000 millicores go with: 8192, 16384 (settings dicomweb.cpu_millicores, dicomweb.memory_mb)",
        ),
        (
            [(2000, 8192, True), (16000, 65536, True)], "lacks", "not offered",
            "cpu that is offered: 2000, 16000 (settings dicomweb.cpu_millicores, dicomweb.memory_mb)",
        ),
    ],
)  # fmt: skip
def test_a_size_is_offered_or_what_is_instead_is_told(
    sizes: list[tuple[int, int, object]], verdict: str, said: str, do: str
) -> None:
    data = [{"Cpu": cpu, "Memory": memory, "Enable": enabled} for cpu, memory, enabled in sizes]
    resources = {"alicloud_sae_application": {"a": {"cpu": 8000, "memory": 32768}}}
    (found,) = answered(applications.CHECK, stack(resources), {"DescribeInstanceSpecifications": {"Data": data}})
    assert (found.name, found.verdict, found.said, found.do) == (
        "SAE instance of 8000 millicores and 32768 MB", verdict, said, do,
    )  # fmt: skip
