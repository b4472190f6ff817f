"""What variables and locals stand for, put where they are named."""

from typing import Any

import pytest

from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.stated import DEEPEST, Decided, stated


def decided(document: dict[str, Any]) -> Decided:
    return Decided(stated(document))


NAMES = decided(
    {
        "variable": {"nets": {"default": ["10.1.0.0/16", "192.0.2.0/24"]}, "site": {"default": {"a-b": {"port": 104}}}},
        "locals": {
            "first": "${var.nets[0]}",
            "again": {"all": "${var.nets}", "of": "${local.first}"},
            "host": ["${alicloud_eip_address.e.ip_address}"],
        },
    }
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${var.nets[1]}", "192.0.2.0/24"),
        ("${var.nets.1}", "192.0.2.0/24"),
        ('${var.site["a-b"].port}', 104),
        ("port ${var.site.a-b.port}", "port 104"),
        ("${local.again.of}", "10.1.0.0/16"),
        ("${local.again.all[1]}", "192.0.2.0/24"),
        ("from ${local.again.of}", "from 10.1.0.0/16"),
        ("${var.nets[9]}", "${var.nets[9]}"),
        ("${var.site.c}", "${var.site.c}"),
        ("${var.nets[*]}", ["10.1.0.0/16", "192.0.2.0/24"]),
        (
            "${local.host[0]} ${local.again}",
            '${alicloud_eip_address.e.ip_address} ${{"all": ["10.1.0.0/16", "192.0.2.0/24"], "of": "10.1.0.0/16"}}',
        ),
        ("${local.host}", ["${alicloud_eip_address.e.ip_address}"]),
    ],
)
def test_steps_into_a_value_are_taken(written: str, meant: Any) -> None:
    assert evaluated(written, NAMES) == meant


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("${element(var.nets, var.at)}", '${element(["10.1.0.0/16", "192.0.2.0/24"], var.at)}'),
        ('${max("var.nets ${var.nets[1]}", var.at)}', '${max("var.nets ${"192.0.2.0/24"}", var.at)}'),
        (
            "${max(<<-A\n  ${local.first}\n  A\n, x.var.nets /* var.nets */)}",
            '${max(<<-A\n  ${"10.1.0.0/16"}\n  A\n, x.var.nets /* var.nets */)}',
        ),
        ("${[for one in var.at : one[local.first]]}", '${[for one in var.at : one["10.1.0.0/16"]]}'),
        ("%{ if var.at == local.first }a%{ endif }", '%{ if var.at == "10.1.0.0/16" }a%{ endif }'),
        ("${var.nets[count.index]}", '${["10.1.0.0/16", "192.0.2.0/24"][count.index]}'),
        ("%{ if true }${local.first}%{ endif }", "10.1.0.0/16"),
        ('${join("", local.host)}', '${join("", [alicloud_eip_address.e.ip_address])}'),
        ("${module.m.var.nets}", "${module.m.var.nets}"),
        ("${max(var.absent, 1)}", "${max(var.absent, 1)}"),
        ("var.nets, in words", "var.nets, in words"),
    ],
)
def test_an_expression_shows_the_literals_and_references_behind_its_names(written: str, shown: str) -> None:
    assert evaluated([written], NAMES) == [shown]


def test_texts_within_texts_do_not_grow_without_end() -> None:
    laughs = {f"l{n}": f"${{local.l{n + 1}}}" * 10 for n in range(12)}
    grown = decided({"locals": {**laughs, "l12": "ha"}})
    assert len(evaluated("${local.l0} ${max(local.l0)}", grown)) < 100_000


def test_lists_within_lists_do_not_grow_without_end() -> None:
    """Nine locals of ten references each ended no check within minutes."""
    laughs = {f"l{n}": [f"${{local.l{n + 1}}}"] * 10 for n in range(12)}
    grown = decided({"locals": {**laughs, "l12": "ha", "few": ["${local.l12}", {"a": "${local.l12}"}]}})
    assert len(str(evaluated(["${local.l0}"] * 10, grown))) < 3_000_000
    assert evaluated("${local.few}", grown) == ["ha", {"a": "ha"}]
    assert evaluated("${local.l11}", grown) == ["ha"] * 10


def test_a_list_is_followed_however_long_somebody_wrote_it() -> None:
    networks = [*(f"10.{one // 256}.{one % 256}.0/24" for one in range(5_000)), "0.0.0.0/0"]
    assert evaluated("${local.nets}", decided({"locals": {"nets": networks}})) == networks


def test_a_long_payload_is_filled_in_too() -> None:
    text = "x" * 60_000
    assert evaluated(f"{text} ${{local.first}} ${{local.host[0]}}", NAMES) == (
        f"{text} 10.1.0.0/16 ${{alicloud_eip_address.e.ip_address}}"
    )


def test_a_chain_of_names_is_followed_as_far_as_places_hold_and_from_wherever_it_is_asked() -> None:
    chain = decided({"locals": {**{f"l{n}": f"${{local.l{n + 1}}}" for n in range(500)}, "l500": "end"}})
    assert evaluated("${local.l0}", chain) == f"${{local.l{DEEPEST}}}"
    assert evaluated(f"${{local.l{500 - DEEPEST + 1}}}", chain) == "end"
