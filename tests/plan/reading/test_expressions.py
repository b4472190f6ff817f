"""Expressions are evaluated as far as literals, locals and variables decide them; what only Terraform knows stays as written."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.expressions.functions import FUNCTIONS, PASS_ON
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.terraform import find

DOCUMENT: dict[str, Any] = {
    "variable": {
        "nets": {"default": ["10.1.0.0/16", "192.0.2.0/24"]},
        "open": {"default": True},
        "rules": {"default": {"a": {"cidr": "0.0.0.0/0", "port": 443}, "b": {"cidr": "10.0.0.0/8", "port": 22}}},
        "asked": {},
    },
    "locals": {
        "base": "10.0.0.0/8",
        "subnets": "${[for i in range(3) : cidrsubnet(local.base, 8, i)]}",
        "mixed": "${concat(var.nets, [alicloud_vswitch.g.cidr_block])}",
        "self": '${format("%s", local.self)}',
    },
}
NAMES = Decided(stated(DOCUMENT))


DECIDED: list[tuple[str, Any]] = [
    ('${format("%s/%d", "0.0.0.0", 0)}', "0.0.0.0/0"),
    ('${format("%03d %5.1f %q %v %% %t %x", 7, 1.25, "a", [1], true, 255)}', '007   1.2 "a" [1] % true ff'),
    ('${formatlist("%s/32", ["10.0.0.1", "10.0.0.2"])}', ["10.0.0.1/32", "10.0.0.2/32"]),
    ('${join("/", ["0.0.0.0", "0"])}', "0.0.0.0/0"),
    ('${join(",", local.subnets)}', "10.0.0.0/16,10.1.0.0/16,10.2.0.0/16"),
    ('${cidrsubnet("10.0.0.0/8", 8, 2)}', "10.2.0.0/16"),
    ('${cidrsubnet("fd00::/8", 8, 1)}', "fd01::/16"),
    ('${cidrsubnets("10.1.0.0/16", 4, 4, 8)}', ["10.1.0.0/20", "10.1.16.0/20", "10.1.32.0/24"]),
    ("${cidrhost(local.base, -2)}/32", "10.255.255.254/32"),
    ('${cidrnetmask("172.16.0.0/12")}', "255.240.0.0"),
    ('${var.open ? "0.0.0.0/0" : local.base}', "0.0.0.0/0"),
    ('${!var.open || length(var.nets) > 2 ? "0.0.0.0/0" : local.base}', "10.0.0.0/8"),
    ('${lookup(var.rules["a"], "cidr", "x")}', "0.0.0.0/0"),
    ('${try(var.rules.c.cidr, "0.0.0.0/1")}', "0.0.0.0/1"),
    ('${coalesce("", null, var.rules.a.cidr)}', "0.0.0.0/0"),
    ("${[for r in values(var.rules) : r.cidr if r.port == 443]}", ["0.0.0.0/0"]),
    ("${{for k, v in var.rules : v.cidr => k...}}", {"0.0.0.0/0": ["a"], "10.0.0.0/8": ["b"]}),
    ("${{for k, v in var.rules : upper(k) => v.port}}", {"A": 443, "B": 22}),
    ("${values(var.rules)[*].cidr}", ["0.0.0.0/0", "10.0.0.0/8"]),
    ("${var.nets.1}", "192.0.2.0/24"),
    ("${toset(concat(var.nets, var.nets))}", ["10.1.0.0/16", "192.0.2.0/24"]),
    ('${merge({a = 1}, {"b" : "x${1 + 1}", (lower("C")) = 3})}', {"a": 1, "b": "x2", "c": 3}),
    ('${element(var.nets, 3)}', "192.0.2.0/24"),
    ("${flatten([[1], [2, [3]]])}", [1, 2, 3]),
    ("${(1 + 2) * 3 - -1 % 2}", 10),
    ('${1 == "1" || true == 1}', False),
    ('${split(",", "a,b")[1]}', "b"),
    ('${zipmap(["a"], [["b"]])["a"][0]}', "b"),
    ("${chomp(<<-EOT\n  ${local.base}\n  EOT\n)}", "10.0.0.0/8"),
    ('from ${local.base} to ${join("-", [1, true])}', "from 10.0.0.0/8 to 1-true"),
    ('${jsondecode("{\\"a\\":[1]}").a[0]}', 1),
    ('${replace("a.b", ".", "-")}', "a-b"),
    ('${format("%[2]s/%[1]d %s", 8, "10.0.0.0")}', "10.0.0.0/8 10.0.0.0"),
    ('${formatlist("10.0.0.%d/32", 1)}', ["10.0.0.1/32"]),
    ('${formatlist("%s/32", [])}', []),
    ("${toset([100, 8, 8])}", [8, 100]),
    ('${toset([100, "8", 8])}', ["100", "8"]),
    ('${tolist([1e2, "a"])}', ["100", "a"]),
    ('${distinct([8, "8", "a"])}', ["8", "a"]),
    ('${compact(["", 1, null])}', ["1"]),
    ('${coalesce(8, "a")}', "8"),
    ("${[range(-2), range(3, 1)]}", [[0, -1], [3, 2]]),
    ("${jsonencode([1e2, 0.5])}", "[100,0.5]"),
    ('${title("a-b c")}', "A-B C"),
    ("${[1 == true, contains([1], true)]}", [False, False]),
    ("%{ if var.open }0.0.0.0%{ else }10.0.0.0%{ endif }/8", "0.0.0.0/8"),
    ("a %{~ for k, v in var.rules ~} ${k}=${v.port}; %{~ endfor ~} z", "aa=443;b=22;z"),
    ('${"%{ for n in var.nets }${n}\\n%{ endfor }"}', "10.1.0.0/16\n192.0.2.0/24\n"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "value"), DECIDED)
def test_what_the_files_decide_is_put_in(written: str, value: Any) -> None:
    assert evaluated([written], NAMES) == [value]


@pytest.mark.terraform
def test_terraform_decides_the_same(tmp_path: Path) -> None:
    """In numbers, 1 and 1.0 are the same."""
    terraform = find()
    known = {name: value for name, value in DOCUMENT["locals"].items() if name not in ("self", "mixed")}
    outputs = {f"o{at}": {"value": [written]} for at, (written, _) in enumerate(DECIDED)}
    document = {**DOCUMENT, "locals": known, "output": outputs}
    (tmp_path / "main.tf.json").write_text(json.dumps(document))
    environment = {"TF_VAR_asked": "asked"}
    assert terraform.run(tmp_path, "init", "-backend=false", environment=environment).code == 0
    applied = terraform.apply(tmp_path, environment=environment)
    assert applied.code == 0, applied.stdout
    state = json.loads((tmp_path / "terraform.tfstate").read_text())["outputs"]
    assert [state[f"o{at}"]["value"][0] for at in range(len(DECIDED))] == [value for _, value in DECIDED]


@pytest.mark.parametrize(
    "written",
    [
        "${alicloud_vpc.v.cidr_block}",
        "${cidrsubnet(alicloud_vpc.v.cidr_block, 8, 1)}",
        "${var.asked}",
        '${coalesce(var.asked, "10.0.0.0/8")}',
        '${var.asked ? "0.0.0.0/0" : "10.0.0.0/8"}',
        '${file("nets.txt")}',
        '${sensitive("0.0.0.0/0")}',
        '${format("%s %s", "a")}',
        '${format("%999999999s", "a")}',
        "${range(1000000)}",
        "%{ for a in var.asked }a%{ endfor }",
        "%{ endif }",
        "${[for a in range(1000) : [for b in range(1000) : b]]}",
        "${" + "[" * 500 + "]" * 500 + "}",
        "${" + "!" * 15_000 + "true}",
        "${a b}",
        "${join(}",
        "${}",
        "${1 / 0}",
        '${format("%z", 1)}',
        '${format("%*d", 1, 2)}',
        "${coalescelist([], [])}",
        '${cidrsubnet("10.0.0.0/8", 99999999999, 0)}',
        '${tonumber("1e99999")}',
        '${cidrsubnet("10.0.0.0/8", 8, 256)}',
        "$${local.base}",
        '${"a" + 1}',
        "${var.nets[7]}",
        "${[1, 2}",
        '${replace("a", "/a+/", "b")}',
    ],
)
def test_what_only_terraform_knows_or_refuses_stays_as_it_is_written(written: str) -> None:
    assert evaluated(written, NAMES) == written


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${local.mixed}", ["10.1.0.0/16", "192.0.2.0/24", "${alicloud_vswitch.g.cidr_block}"]),
        ('${[for one in local.mixed : one if true]}', ["10.1.0.0/16", "192.0.2.0/24", "${alicloud_vswitch.g.cidr_block}"]),
        ('${merge({a = "${var.asked}/8"}, {b = var.open})}', {"a": "${var.asked}/8", "b": True}),
        (
            '${jsonencode({Statement = [{Action = "*", Resource = alicloud_ram_role.r.arn}]})}',
            '{"Statement":[{"Action":"*","Resource":"${alicloud_ram_role.r.arn}"}]}',
        ),
        ("a${1 + 1}b${alicloud_vpc.v.id}", "a2b${alicloud_vpc.v.id}"),
        ("%%{ if } %{ if !var.open }a%{ endif }b", "%%{ if } b"),
        ("${local.self}", '${format("%s", local.self)}'),
        ("${try(alicloud_vpc.v.cidr_block, local.base)}", '${try(alicloud_vpc.v.cidr_block, "10.0.0.0/8")}'),
        ('${join(",", local.mixed)}', '${join(",", ["10.1.0.0/16", "192.0.2.0/24", alicloud_vswitch.g.cidr_block])}'),
        (
            '${[for one in local.mixed : "${one}/x"]}',
            '${[for one in ["10.1.0.0/16", "192.0.2.0/24", alicloud_vswitch.g.cidr_block] : "${one}/x"]}',
        ),
        ('${"%{ if var.asked }a%{ endif }"}', "%{ if var.asked }a%{ endif }"),
        ('${"%{ if var.asked }\\"%{ endif }"}', '${"%{ if var.asked }\\"%{ endif }"}'),
        ("%{ if var.open }a", "%{ if true }a"),
        ("${var.asked[[1]]}${var.asked[{a = 1}]}", "${var.asked[[1]]}${var.asked[{a = 1}]}"),
    ],
)  # fmt: skip
def test_of_what_only_terraform_knows_the_names_that_are_known_are_put_in(written: str, value: Any) -> None:
    assert evaluated(written, NAMES) == value


def test_texts_and_lists_that_grow_with_every_local_end() -> None:
    texts = {f"l{n}": f"${{local.l{n + 1}}}" * 10 for n in range(12)} | {"l12": "ha"}
    lists = {f"m{n}": f"${{concat(local.m{n + 1}, local.m{n + 1})}}" for n in range(40)} | {"m40": ["ha"]}
    grown = Decided(stated({"locals": {**texts, **lists}}))
    assert len(str(evaluated(["${local.l0}", "${local.m0}", "${max(local.m0)}"], grown))) < 100_000


def test_texts_that_grow_with_every_letter_stay_as_they_are_written() -> None:
    long = Decided(stated({"locals": {"long": "x" * 40_000, "rows": "${[for n in range(200) : local.long]}"}}))
    for written in (
        '${replace(local.long, "x", local.long)}',
        '${formatlist("%s%s", local.rows, local.long)}',
        '${[for a in range(1000) : [for b in local.rows : "${b}x"]]}',
    ):
        assert evaluated(written, long) == written


def test_functions_that_hand_elements_on_are_functions() -> None:
    assert set(FUNCTIONS) >= PASS_ON
