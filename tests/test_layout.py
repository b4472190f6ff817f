"""The house: every room has its parts, and nothing is committed that must not be."""

import ast
import re
import subprocess
import tomllib
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.conftest import ROOT
from tests.service.test_inventory import ROOMS

COMMITTED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name
]
TEXTS = [path for path in COMMITTED if path.suffix not in (".gz", ".whl", ".png") and path.is_file()]
# Put together here, so that this file does not name them either.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb" + "ian.org",
    "ubu" + "ntu.com",
]
FORBIDDEN_NAMES = re.compile(r"(^|_)(manager|helper|helpers|utils|util|common|misc)(_|$)")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_construct_a_model_a_test_an_inventory_and_a_readme_row(room: str) -> None:
    for path in (
        f"constructs/dicom_cdk/service/rooms/{room}.py",
        f"constructs/dicom_cdk/settings/models/{room}.py",
        f"tests/service/rooms/test_{room}.py",
        f"tests/inventory/{room}.yaml",
    ):
        assert (ROOT / path).exists(), f"room {room} lacks {path}"
    assert re.search(rf"^\| [^|]+ \| {room} \|", (ROOT / "README.md").read_text(), re.MULTILINE), (
        f"README row of {room}"
    )
    assert re.search(rf"^\| {room} \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE)


def test_the_source_root_is_no_package() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists(), "it would shadow the package that cdktf needs"


def test_no_file_is_named_for_nothing() -> None:
    named = [path.name for path in COMMITTED if path.suffix == ".py" and FORBIDDEN_NAMES.search(path.stem)]
    assert not named


def test_no_package_registry_is_named() -> None:
    for path in TEXTS:
        text = path.read_text(errors="replace")
        for host in REGISTRY_HOSTS:
            assert host not in text, f"{path.relative_to(ROOT)} names {host}"


def test_no_path_of_a_machine_is_named() -> None:
    machine = re.compile(r"/(?:work|root|home)/(?!dicom)[a-z.]")
    for path in TEXTS:
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            assert not machine.search(line), f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"


def test_every_dependency_is_pinned_with_hashes_and_says_what_it_is_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *(name for extra in project["project"]["optional-dependencies"].values() for name in extra),
        *(name for group in project["dependency-groups"].values() for name in group if isinstance(name, str)),
    ]
    constraints = "\n".join(path.read_text().lower() for path in sorted(ROOT.glob("constraints*.txt")))
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    for requirement in declared:
        name = re.split(r"[<>=\[ ]", requirement)[0]
        assert re.search(rf"^{re.escape(name.lower())}==\S+ [;\\]", constraints, re.MULTILINE), (
            f"{name} in constraints.txt"
        )
        assert any(f'"{requirement}"' in each and "#" in each for each in lines), (
            f"pyproject.toml does not say what {name} is for"
        )
    pins = re.findall(r"^[a-z0-9._-]+==.*$", constraints, re.MULTILINE)
    assert constraints.count("--hash=sha256:") >= len(pins)


def test_the_unpublished_bindings_are_never_required_by_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert not [name for name in project["project"]["dependencies"] if "alicloud" in name]
    for path in ROOT.glob("constraints*.txt"):
        assert "provider-alicloud" not in path.read_text()


LATER = ("review", "report", "handoff", "rehearsal", "smoke", "doctor", "account", "preflight", "cost")


def test_rooms_import_in_one_direction() -> None:
    package = ROOT / "constructs" / "dicom_cdk"
    forbidden = {
        "releases": ("settings", "service", "payload", "synth", "offline", "plan", "cli", *LATER),
        "settings": ("service", "payload", "synth", "offline", "plan", "cli"),
        "payload": ("service", "settings", "synth", "offline", "plan", "cli"),
        "offline": ("service", "settings", "payload", "synth", "plan", "cli"),
        "rehearsal": (
            "service",
            "settings",
            "synth",
            "cli",
            "policy",
            "review",
            "report",
            "handoff",
            "smoke",
            "doctor",
            "preflight",
            "cost",
        ),
        "plan": ("service", "settings", "synth", "cli", *LATER),
        "policy": ("service", "settings", "synth", "cli", *LATER),
        "review": (
            "service",
            "settings",
            "synth",
            "cli",
            "report",
            "handoff",
            "rehearsal",
            "smoke",
            "doctor",
            "preflight",
            "cost",
        ),
        "report": (
            "service",
            "settings",
            "synth",
            "cli",
            "review",
            "handoff",
            "rehearsal",
            "smoke",
            "doctor",
            "preflight",
            "cost",
        ),
        "handoff": ("service", "settings", "synth", "cli", "rehearsal", "smoke", "doctor", "cost"),
        "smoke": ("service", "settings", "synth", "cli", "plan", "policy", "review", "report", "handoff", "doctor"),
        "doctor": ("service", "settings", "synth", "cli", "review", "report", "smoke", "cost"),
        "account": ("service", "settings", "synth", "cli", "plan", "policy", *LATER[:6], "preflight", "cost"),
        "preflight": (
            "service",
            "settings",
            "synth",
            "cli",
            "review",
            "report",
            "handoff",
            "rehearsal",
            "smoke",
            "doctor",
            "cost",
        ),
        "cost": ("service", "settings", "synth", "cli", "review", "handoff", "rehearsal", "smoke", "doctor"),
    }
    for room, others in forbidden.items():
        imports = re.compile(rf"^\s*(?:from|import) dicom_cdk\.({'|'.join(others)})\b", re.MULTILINE)
        for path in (package / room).rglob("*.py"):
            found = imports.search(path.read_text())
            assert not found, f"{path.relative_to(ROOT)} imports dicom_cdk.{found[1] if found else ''}"


def test_parts_know_no_room_and_rooms_know_no_stack() -> None:
    service = ROOT / "constructs/dicom_cdk/service"
    for folder, others in {"parts": r"(rooms|stack|bootstrap)", "rooms": r"(stack|bootstrap)"}.items():
        for path in (service / folder).glob("*.py"):
            found = re.search(rf"^\s*(from|import) dicom_cdk\.service\.{others}\b", path.read_text(), re.MULTILINE)
            assert not found, f"{path.relative_to(ROOT)}: {found[0] if found else ''}"


def test_no_file_leads_back_to_itself() -> None:
    """Imports inside functions and those for types only are meant too."""
    source = ROOT / "constructs"
    files = {".".join(path.relative_to(source).with_suffix("").parts): path for path in source.rglob("*.py")}
    reached = {
        name: {
            target
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module and not node.level
            for target in (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
            if target in files and target != name
        }
        for name, path in files.items()
    }
    try:
        TopologicalSorter(reached).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(reversed(error.args[1])))


ORDER = {
    "plan": ("reading", "redaction", "modules", "state", "answers"),
    "rehearsal": ("archive", "machines", "gateway", "identity", "cloud", "clients", "people", "breaking", "rooms"),
    "review": ("before_after", "ways_in", "loss", "archive", "places", "reports"),
}
"""The folders of a room that has many, each knowing only those before it."""
ABOVE = {
    "plan": ("bench", "planning", "command"),
    "rehearsal": ("faults", "side_by_side", "command"),
    "review": ("review", "beside", "command"),
}


@pytest.mark.parametrize("room", ORDER)
def test_folders_of_a_room_import_in_one_direction(room: str) -> None:
    order, source = ORDER[room], ROOT / "constructs/dicom_cdk" / room
    assert {path.parent.name for path in source.glob("*/__init__.py")} == set(order)
    for number, folder in enumerate(order):
        later = "|".join((*order[number + 1 :], *ABOVE[room], "cli"))
        forbidden = re.compile(rf"^\s*from dicom_cdk\.{room}(\.| import )({later})\b", re.MULTILINE)
        for path in (source / folder).rglob("*.py"):
            found = forbidden.search(path.read_text())
            assert not found, f"{path.relative_to(ROOT)}: {found[0].strip() if found else ''}"


def test_generated_files_say_so() -> None:
    for name in (*(path.name for path in ROOT.glob("constraints*.txt")), "docs/settings.md"):
        assert (
            "generated" in (ROOT / name).read_text().splitlines()[0].lower() + (ROOT / name).read_text()[:400].lower()
        ), name


def test_texts_end_with_one_line_end() -> None:
    for path in TEXTS:
        if path.suffix in (".py", ".md", ".yaml", ".sh", ".toml") and path.stat().st_size:
            text = path.read_text()
            assert text.endswith("\n"), path
            assert not text.endswith("\n\n"), path


LONG = re.compile(r"Over 200 lines: \S.{20,}")
"""Why a file is not cut, in its first lines."""
WHY_ELSEWHERE = {
    "assets/api_client/alicloud.py": "its bytes reach hosts; one program, that a host starts as one file",
    "assets/gateway/default.conf.template.j2": "its bytes reach hosts; one allow list, read as a whole",
    "assets/pages/report.html.j2": "one page, in the order in which it is read",
    "assets/handoff/runbook.md.j2": "one page, in the order in which it is followed",
    "provider/bindings/build.py": "its hash is part of the bindings' provenance; one build from schema to wheel",
}


def test_a_file_of_more_than_200_lines_says_why_in_its_first_lines_and_none_has_more_than_300() -> None:
    rooms = ("constructs", "ci", "tools", "provider", "policies", "benchmarks", "assets")
    for path in COMMITTED:
        name = path.relative_to(ROOT)
        if name.parts[0] not in rooms or path.suffix not in (".py", ".sh", ".js", ".j2", ".template"):
            continue
        lines = path.read_text().splitlines()
        assert len(lines) <= 300, f"{name} has {len(lines)} lines: it is two rooms by now"
        if len(lines) > 200 and name.as_posix() not in WHY_ELSEWHERE:
            assert LONG.search("\n".join(lines[:20])), (
                f"{name} has {len(lines)} lines; cut it into rooms that mean something, or say in its first lines "
                "`Over 200 lines: ` and why it stays one"
            )
