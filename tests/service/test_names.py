"""Readable names stand wherever cdktf's do, and nowhere else."""

import pytest

from dicom_cdk.service.names import with_readable_names

STACK = {
    "resource": {
        "alicloud_vpc": {"network_vpc_0123ABCD": {"//": {"metadata": {"path": "clinic/network/vpc"}}}},
        "alicloud_instance": {"hosts_a-b_AAAAAAAA": {"//": {"metadata": {"path": "clinic/hosts/a-b"}}}},
    }
}


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("network_vpc_0123ABCD", "network_vpc"),
        ('"${alicloud_vpc.network_vpc_0123ABCD.id}"', '"${alicloud_vpc.network_vpc.id}"'),
        ("hosts_a-b_AAAAAAAA,network_vpc_0123ABCD.", "hosts_a-b,network_vpc."),
        ("hosts_a-b_AAAAAAAA-network_vpc_0123ABCD", "hosts_a-b_AAAAAAAA-network_vpc_0123ABCD"),
        ("my-network_vpc_0123ABCD", "my-network_vpc_0123ABCD"),
        (
            "network_vpc_0123ABCDE network_vpc_0123abcd _0123ABCD",
            "network_vpc_0123ABCDE network_vpc_0123abcd _0123ABCD",
        ),
        ("énetwork_vpc_0123ABCD", "énetwork_vpc"),
        ("nobody_AAAAAAAA", "nobody_AAAAAAAA"),
    ],
)
def test_a_whole_name_of_cdktf_s_becomes_readable(text: str, readable: str) -> None:
    assert with_readable_names(text, STACK) == readable
