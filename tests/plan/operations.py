"""State operations of every kind, as rows of one program: what is there before and after a change, and what happens to it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.plan.stacks import REQUIRED, SOURCE

Document = dict[str, Any]
BUCKET, NAS = "alicloud_oss_bucket", "alicloud_nas_file_system"
OBJECTS, FILES = "objects of the bucket", "all files of the file system"


def bucket(name: str, **more: Any) -> Document:
    return {"bucket": f"clinic-{name}", **more}


def nas(storage: str, **more: Any) -> Document:
    return {"protocol_type": "NFS", "storage_type": storage, **more}


def of(kind: str, **named: Document) -> Document:
    return {"resource": {kind: named}}


def call(folder: str, **arguments: Any) -> Document:
    return {"source": f"../../{folder}", **arguments}


def moved(*steps: tuple[str, str]) -> list[Document]:
    return [{"from": old, "to": new} for old, new in steps]


def removed(*addresses: str, destroy: bool = False) -> list[Document]:
    return [{"from": address, "lifecycle": {"destroy": destroy}} for address in addresses]


def imported(**ids: str) -> list[Document]:
    return [{"to": f"{BUCKET}.{name}", "id": known} for name, known in ids.items()]


@dataclass(frozen=True)
class Row:
    """One operation. `before`, `after`: sections of the stack; `happens`: address → action, and where it comes from; `lost`: what
    the guard says; `held`: what prevent_destroy refuses; `replaced`: addresses of --replace."""

    before: Document
    after: Document
    happens: dict[str, str] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()


FIRST = {"create_before_destroy": True}
PREVENT = {"prevent_destroy": True}
DATABASE = {
    "engine": "PostgreSQL", "engine_version": "15.0", "instance_type": "pg.n2.2c.1m", "instance_storage": 100,
    "instance_charge_type": "Postpaid", "vswitch_id": "vsw-1",
}  # fmt: skip


def policy(of_: str, days: int) -> Document:
    return {"instance_id": f"${{alicloud_db_instance.{of_}.id}}", "backup_retention_period": days}


ROWS: dict[str, Row] = {
    "a chain of moves that ends in an update in place": Row(
        of(BUCKET, chain=bucket("chain")),
        {
            **of(BUCKET, end=bucket("chain", tags={"team": "pacs"})),
            "moved": moved((f"{BUCKET}.middle", f"{BUCKET}.end"), (f"{BUCKET}.chain", f"{BUCKET}.middle")),
        },
        {f"{BUCKET}.end": f"update from {BUCKET}.chain"},
    ),
    "moved and replaced at once": Row(
        of(NAS, old=nas("Performance")),
        {**of(NAS, new=nas("Capacity")), "moved": moved((f"{NAS}.old", f"{NAS}.new"))},
        {f"{NAS}.new": f"replace from {NAS}.old"},
        (f"replace {NAS}.new, moved from {NAS}.old: {FILES}",),
    ),
    "moved and replaced at once, the new one made first": Row(
        of(NAS, slow=nas("Performance")),
        {**of(NAS, quick=nas("Capacity", lifecycle=FIRST)), "moved": moved((f"{NAS}.slow", f"{NAS}.quick"))},
        {f"{NAS}.quick": f"replace from {NAS}.slow"},
        (f"replace {NAS}.quick, moved from {NAS}.slow: {FILES}",),
    ),
    "replaced where it stands, the new one made first": Row(
        of(NAS, stays=nas("Performance", lifecycle=FIRST)), of(NAS, stays=nas("Capacity", lifecycle=FIRST)),
        {f"{NAS}.stays": "replace"}, (f"replace {NAS}.stays: {FILES}",),
    ),
    "moved to where nothing stands": Row(
        of(BUCKET, lost=bucket("lost")), {"moved": moved((f"{BUCKET}.lost", f"{BUCKET}.nowhere"))},
        {f"{BUCKET}.nowhere": f"destroy from {BUCKET}.lost"},
        (f"destroy {BUCKET}.nowhere, moved from {BUCKET}.lost: {OBJECTS}",),
    ),
    "moved to a key that is not there": Row(
        of(BUCKET, single=bucket("single")),
        {
            **of(BUCKET, keyed={"for_each": {"x": "1"}, **bucket("keyed-${each.key}")}),
            "moved": moved((f"{BUCKET}.single", f'{BUCKET}.keyed["y"]')),
        },
        {f'{BUCKET}.keyed["x"]': "create", f'{BUCKET}.keyed["y"]': f"destroy from {BUCKET}.single"},
        (f'destroy {BUCKET}.keyed["y"], moved from {BUCKET}.single: {OBJECTS}',),
    ),
    "moved out of its resource, then forgotten": Row(
        of(BUCKET, two={"for_each": {"x": "1", "y": "1"}, **bucket("two-${each.key}")}),
        {
            **of(BUCKET, two={"for_each": {"x": "1"}, **bucket("two-${each.key}")}),
            "moved": moved((f'{BUCKET}.two["y"]', f"{BUCKET}.let_go")), "removed": removed(f"{BUCKET}.let_go"),
        },
        {f"{BUCKET}.let_go": f'forget from {BUCKET}.two["y"]'},
    ),
    "count to for_each, with moves": Row(
        of(BUCKET, told={"count": 2, **bucket("told-${count.index}")}),
        {
            **of(BUCKET, told={"for_each": {"x": "0", "y": "1"}, **bucket("told-${each.value}")}),
            "moved": moved((f"{BUCKET}.told[0]", f'{BUCKET}.told["x"]'), (f"{BUCKET}.told[1]", f'{BUCKET}.told["y"]')),
        },
    ),
    "count to for_each, without": Row(
        of(BUCKET, untold={"count": 1, **bucket("untold")}), of(BUCKET, untold={"for_each": {"x": "0"}, **bucket("untold")}),
        {f'{BUCKET}.untold["x"]': "create", f"{BUCKET}.untold[0]": "destroy"}, (f"destroy {BUCKET}.untold[0]: {OBJECTS}",),
    ),
    "one to the first of a count": Row(
        of(BUCKET, alone=bucket("alone-0")), of(BUCKET, alone={"count": 2, **bucket("alone-${count.index}")}),
        {f"{BUCKET}.alone[1]": "create"},
    ),
    "two that become instances of one": Row(
        of(BUCKET, left=bucket("left"), right=bucket("right")),
        {
            **of(BUCKET, both={"for_each": {"left": "", "right": ""}, **bucket("${each.key}")}),
            "moved": moved((f"{BUCKET}.left", f'{BUCKET}.both["left"]'), (f"{BUCKET}.right", f'{BUCKET}.both["right"]')),
        },
    ),
    "a key that goes while its resource is protected": Row(
        of(BUCKET, safe={"for_each": {"x": "1", "y": "1"}, **bucket("safe-${each.key}"), "lifecycle": PREVENT}),
        of(BUCKET, safe={"for_each": {"x": "1"}, **bucket("safe-${each.key}"), "lifecycle": PREVENT}),
        {f'{BUCKET}.safe["y"]': "destroy"}, (f'destroy {BUCKET}.safe["y"]: {OBJECTS}',), (f'{BUCKET}.safe["y"]',),
    ),
    "removed, with and without destroy": Row(
        of(BUCKET, gone=bucket("gone"), kept=bucket("kept")),
        {"removed": [*removed(f"{BUCKET}.gone", destroy=True), *removed(f"{BUCKET}.kept")]},
        {f"{BUCKET}.gone": "destroy", f"{BUCKET}.kept": "forget"}, (f"destroy {BUCKET}.gone: {OBJECTS}",),
    ),
    "imported one by one, and some of several": Row(
        {},
        {
            **of(BUCKET, comes=bucket("comes"), some={"for_each": {"x": "", "y": ""}, **bucket("some-${each.key}")}),
            "import": [
                *imported(comes="clinic-comes"),
                {"for_each": [{"key": "x", "id": "clinic-some-x"}], "to": f'{BUCKET}.some[each.value["key"]]',
                 "id": '${each.value["id"]}'},
            ],
        },
        {f"{BUCKET}.comes": "import", f'{BUCKET}.some["x"]': "import", f'{BUCKET}.some["y"]': "create"},
    ),
    "imported, and made anew on demand": Row(
        {}, {**of(BUCKET, anew=bucket("anew")), "import": imported(anew="clinic-anew")},
        {f"{BUCKET}.anew": "replace"}, (f"replace {BUCKET}.anew: {OBJECTS}",), replaced=(f"{BUCKET}.anew",),
    ),
    "imported, and made anew since another changes, the new one first": Row(
        {"resource": {"terraform_data": {"number": {"input": "1"}}}},
        {
            "resource": {
                "terraform_data": {"number": {"input": "2"}},
                BUCKET: {"follows": bucket("follows", lifecycle={**FIRST, "replace_triggered_by": ["terraform_data.number"]})},
            },
            "import": imported(follows="clinic-follows"),
        },
        {"terraform_data.number": "update", f"{BUCKET}.follows": "replace"}, (f"replace {BUCKET}.follows: {OBJECTS}",),
    ),
    "forgotten, and imported under another name": Row(
        of(BUCKET, here=bucket("there")),
        {
            **of(BUCKET, there=bucket("there")),
            "removed": removed(f"{BUCKET}.here"), "import": imported(there="clinic-there"),
        },
        {f"{BUCKET}.here": "forget", f"{BUCKET}.there": "import"},
    ),
    "moved to what an import names too: no import": Row(
        of(BUCKET, early=bucket("named")),
        {
            **of(BUCKET, named=bucket("named")),
            "moved": moved((f"{BUCKET}.early", f"{BUCKET}.named")), "import": imported(named="clinic-named"),
        },
    ),
    "made anew on demand, in the stack and in a module": Row(
        {**of(NAS, fresh=nas("Capacity")), "module": {"fresh": call("held")}},
        {**of(NAS, fresh=nas("Capacity")), "module": {"fresh": call("held")}},
        {f"{NAS}.fresh": "replace", f"module.fresh.{NAS}.f": "replace"},
        (f"replace {NAS}.fresh: {FILES}", f"replace module.fresh.{NAS}.f: {FILES}"),
        (f"module.fresh.{NAS}.f",), (f"{NAS}.fresh", f"module.fresh.{NAS}.f"),
    ),
    "a module under another name, its resource too": Row(
        {"module": {"called": call("own", name="called")}},
        {"module": {"named": call("renamed", name="called")}, "moved": moved(("module.called", "module.named"))},
    ),
    "modules that become instances of one": Row(
        {"module": {"north": call("own", name="north"), "south": call("own", name="south")}},
        {
            "module": {"every": call("own", for_each={"n": "north", "s": "south", "e": "east"}, name="${each.value}")},
            "moved": moved(("module.north", 'module.every["n"]'), ("module.south", 'module.every["s"]')),
        },
        {f'module.every["e"].{BUCKET}.b': "create"},
    ),
    "an instance of a module that goes": Row(
        {"module": {"less": call("own", for_each={"a": "less-a", "b": "less-b"}, name="${each.value}")}},
        {"module": {"less": call("own", for_each={"a": "less-a"}, name="${each.value}")}},
        {f'module.less["b"].{BUCKET}.b': "destroy"}, (f'destroy module.less["b"].{BUCKET}.b: {OBJECTS}',),
    ),
    "a module that is removed and stays in the account": Row(
        {"module": {"whole": call("own", name="whole")}}, {"removed": removed("module.whole")},
        {f"module.whole.{BUCKET}.b": "forget"},
    ),
    "what a module itself removes, in every instance": Row(
        {"module": {"sheds": call("own", count=2, name="sheds-${count.index}")}},
        {"module": {"sheds": call("sheds", count=2, name="sheds-${count.index}")}},
        {f"module.sheds[{number}].{BUCKET}.b": "forget" for number in (0, 1)},
    ),
    "out of a module within a module, and into another": Row(
        {"module": {"outer": call("outer", name="outer")}, **of(BUCKET, b=bucket("inside"))},
        {
            "module": {"flat": call("own", name="outer"), "inside": call("own", name="inside")},
            "moved": moved(
                ("module.outer.module.inner", "module.flat"), (f"{BUCKET}.b", f"module.inside.{BUCKET}.b"),
            ),
        },
    ),
    "imported into an instance of a module": Row(
        {},
        {
            "module": {"takes": call("own", for_each={"a": "takes-a", "b": "takes-b"}, name="${each.value}")},
            "import": [{"for_each": {"a": "clinic-takes-a"}, "to": f"module.takes[each.key].{BUCKET}.b", "id": "${each.value}"}],
        },
        {f'module.takes["a"].{BUCKET}.b': "import", f'module.takes["b"].{BUCKET}.b': "create"},
    ),
    "under another name, and changed in place so that data goes": Row(
        {
            "resource": {
                "alicloud_db_instance": {"d": DATABASE}, "alicloud_db_backup_policy": {"p": policy("d", 30)},
                "alicloud_kms_key": {"k": {"description": "images", "status": "Enabled"}},
            },
        },
        {
            "resource": {
                "alicloud_db_instance": {"d": DATABASE}, "alicloud_db_backup_policy": {"q": policy("d", 7)},
                "alicloud_kms_key": {"l": {"description": "images", "status": "Disabled"}},
            },
            "moved": moved(
                ("alicloud_db_backup_policy.p", "alicloud_db_backup_policy.q"), ("alicloud_kms_key.k", "alicloud_kms_key.l"),
            ),
        },
        {
            "alicloud_db_backup_policy.q": "update from alicloud_db_backup_policy.p",
            "alicloud_kms_key.l": "update from alicloud_kms_key.k",
        },
        (
            "lower backup_retention_period of alicloud_db_backup_policy.q, moved from alicloud_db_backup_policy.p: backups "
            "older than the new period",
            "lower status of alicloud_kms_key.l, moved from alicloud_kms_key.k: sight of everything that the key encrypts",
        ),
    ),
    "a database that moves to where nothing stands, with its backup policy": Row(
        {"resource": {"alicloud_db_instance": {"e": DATABASE}, "alicloud_db_backup_policy": {"e": policy("e", 30)}}},
        {
            "moved": moved(
                ("alicloud_db_instance.e", "alicloud_db_instance.f"),
                ("alicloud_db_backup_policy.e", "alicloud_db_backup_policy.f"),
            ),
        },
        {
            "alicloud_db_instance.f": "destroy from alicloud_db_instance.e",
            "alicloud_db_backup_policy.f": "destroy from alicloud_db_backup_policy.e",
        },
        ("destroy alicloud_db_instance.f, moved from alicloud_db_instance.e: the database",),
    ),
    "a database under another name, unprotected, and what was in it destroyed": Row(
        {
            "resource": {
                "alicloud_db_instance": {"g": {**DATABASE, "deletion_protection": True}},
                "alicloud_db_database": {"g": {"instance_id": "${alicloud_db_instance.g.id}", "data_base_name": "dcm"}},
            },
        },
        {
            "resource": {"alicloud_db_instance": {"h": {**DATABASE, "deletion_protection": False}}},
            "moved": moved(("alicloud_db_instance.g", "alicloud_db_instance.h")),
        },
        {"alicloud_db_instance.h": "update from alicloud_db_instance.g", "alicloud_db_database.g": "destroy"},
        (
            "destroy alicloud_db_database.g: the database's content",
            "unprotect, by deletion_protection, alicloud_db_instance.h, moved from alicloud_db_instance.g: "
            "alicloud_db_database.g, gone in the same change",
        ),
    ),
    "forgotten, of types that hold data or keep it": Row(
        {
            "resource": {
                "alicloud_db_instance": {"i": DATABASE}, "alicloud_db_backup_policy": {"i": policy("i", 30)},
                "alicloud_ecs_disk": {"i": {"zone_id": "cn-shanghai-a", "size": 100}},
                "alicloud_kms_key": {"i": {"description": "forgotten"}}, NAS: {"i": nas("Capacity")},
            },
        },
        {
            "removed": removed(
                "alicloud_db_instance.i", "alicloud_db_backup_policy.i", "alicloud_ecs_disk.i", "alicloud_kms_key.i", f"{NAS}.i",
            ),
        },
        {
            **dict.fromkeys(("alicloud_db_instance.i", "alicloud_db_backup_policy.i", "alicloud_ecs_disk.i"), "forget"),
            "alicloud_kms_key.i": "forget", f"{NAS}.i": "forget",
        },
    ),
}  # fmt: skip
"""A sentence → the row. All stand in one program, so no two share an address."""

OWN = 'variable "name" {}\nresource "alicloud_oss_bucket" "b" {\n  bucket = "clinic-${var.name}"\n}\n'
MODULES = {
    "own": OWN,
    "renamed": OWN.replace('"b"', '"c"') + f"moved {{\n  from = {BUCKET}.b\n  to   = {BUCKET}.c\n}}\n",
    "sheds": f'variable "name" {{}}\nremoved {{\n  from = {BUCKET}.b\n  lifecycle {{\n    destroy = false\n  }}\n}}\n',
    "outer": 'variable "name" {}\nmodule "inner" {\n  source = "../own"\n  name   = var.name\n}\n',
    "held": (
        f'resource "{NAS}" "f" {{\n  protocol_type = "NFS"\n  storage_type  = "Capacity"\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n}\n"
    ),
}


def program(place: Path) -> tuple[Path, Path]:
    """Folders of the stack before and after; all rows, and the modules beside them."""
    for name, text in MODULES.items():
        (place / name).mkdir(parents=True)
        (place / name / "main.tf").write_text(REQUIRED + text)
    return _side(place / "before/s", "before"), _side(place / "after/s", "after")


def _side(folder: Path, side: str) -> Path:
    document: Document = {**SOURCE, "resource": {}, "module": {}}
    for row in ROWS.values():
        for section, part in getattr(row, side).items():
            if section == "resource":
                for kind, named in part.items():
                    document["resource"].setdefault(kind, {}).update(named)
            elif section == "module":
                document["module"].update(part)
            else:
                document.setdefault(section, []).extend(part)
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folder
