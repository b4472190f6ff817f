"""What is private, public, and so wide that it is the internet; IPv6 alike."""

import pytest

from dicom_cdk.policy.address_ranges import is_internet, is_public


@pytest.mark.parametrize(
    "cidr",
    ["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "1.2.3.4/0", "8.0.0.0/8", "8.8.0.0/15", "10.0.0.0/7", "192.0.0.0/9",
     "2000::/3", "2400::/12", "::/1", "::ffff:0.0.0.0/96", "::ffff:0:0/97", "0.0.0.0/0.0.0.0",
     "64:ff9b::/96", "64:ff9b::800:0/104", "2002::/16", "2002:800::/24", " 0.0.0.0/1 ", "0/0"],
)  # fmt: skip
def test_half_the_internet_is_the_internet(cidr: str) -> None:
    assert is_internet(cidr)
    assert is_public(cidr)


@pytest.mark.parametrize(
    "cidr", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fd00::/8", "fc00::/7",
             "::ffff:10.0.0.0/104", "64:ff9b::a00:0/104", "2002:a00::/24", "::1", "::ffff:10.0.0.1", "${var.clients}"]
)  # fmt: skip
def test_a_private_range_is_neither(cidr: str) -> None:
    assert not is_internet(cidr)
    assert not is_public(cidr)


@pytest.mark.parametrize("cidr", ["8.8.0.0/16", "203.0.113.7/32", "2408:8000::/20", "2001:db8::/32"])
def test_a_public_range_that_somebody_can_have_is_public_only(cidr: str) -> None:
    assert is_public(cidr)
    assert not is_internet(cidr)


def test_what_cannot_be_read_is_public() -> None:
    assert is_public("somewhere")
    assert not is_internet("somewhere")


@pytest.mark.parametrize(
    ("written", "open_to_all"),
    [
        ('${var.public ? "0.0.0.0/0" : "10.0.0.0/8"}', True),
        ('${["10.0.0.0/8", "::/0"][count.index]}', True),
        ("%{ if true }0.0.0.0/0%{ endif }", True),
        ('${cidrsubnet("10.20.0.0/16", 8, count.index)}', False),
        ("${alicloud_vpc.v.cidr_block}", False),
        ("${var.office}/32", False),
    ],
)
def test_an_expression_that_names_the_internet_may_be_it(written: str, open_to_all: bool) -> None:
    assert is_internet(written) is open_to_all
