"""What variables and locals stand for, put where they are named."""

from typing import Any

import pytest

from dicom_cdk.plan.reading.stated import filled, inlined, stated

VALUES = stated(
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
        ("${var.nets[*]}", "${var.nets[*]}"),
    ],
)
def test_steps_into_a_value_are_taken(written: str, meant: Any) -> None:
    assert filled(written, VALUES) == meant


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("${element(var.nets, 1)}", '${element(["10.1.0.0/16", "192.0.2.0/24"], 1)}'),
        ("${var.nets[count.index]}", '${["10.1.0.0/16", "192.0.2.0/24"][count.index]}'),
        ("%{ if true }${local.first}%{ endif }", "%{ if true }10.1.0.0/16%{ endif }"),
        ('${join("", local.host)}', '${join("", [alicloud_eip_address.e.ip_address])}'),
        ("${module.m.var.nets}", "${module.m.var.nets}"),
        ("${max(var.absent, 1)}", "${max(var.absent, 1)}"),
        ("var.nets, in words", "var.nets, in words"),
    ],
)
def test_an_expression_shows_the_literals_and_references_behind_its_names(written: str, shown: str) -> None:
    assert inlined(filled([written], VALUES), VALUES) == [shown]


def test_texts_within_texts_do_not_grow_without_end() -> None:
    laughs = {f"l{n}": f"${{local.l{n + 1}}}" * 10 for n in range(12)}
    grown = stated({"locals": {**laughs, "l12": "ha"}})
    assert len(inlined(filled("${local.l0} ${max(local.l0)}", grown), grown)) < 100_000


def test_lists_within_lists_do_not_grow_without_end() -> None:
    """Nine locals of ten references each ended no check within minutes."""
    laughs = {f"l{n}": [f"${{local.l{n + 1}}}"] * 10 for n in range(12)}
    grown = stated({"locals": {**laughs, "l12": "ha", "few": ["${local.l12}", {"a": "${local.l12}"}]}})
    assert len(str(filled(["${local.l0}"] * 10, grown))) < 3_000_000
    assert filled("${local.few}", grown) == ["ha", {"a": "ha"}]
    assert filled("${local.l11}", grown) == ["ha"] * 10


def test_a_list_is_followed_however_long_somebody_wrote_it() -> None:
    networks = [*(f"10.{one // 256}.{one % 256}.0/24" for one in range(5_000)), "0.0.0.0/0"]
    assert filled("${local.nets}", stated({"locals": {"nets": networks}})) == networks
