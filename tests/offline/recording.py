"""Asks a provider's own program the recorded questions again and writes its answers: how a maintainer proves another release.

    .venv/bin/python -m tests.offline.recording PROGRAM OUTPUT [ARGUMENT...]

Writes OUTPUT/validate.jsonl and OUTPUT/plan.jsonl, the recorded cases with the program's verdicts and plans, and prints which
are other than recorded. What Terraform does before it asks a provider is `terraform_core`. Exit codes: 0 all as recorded, 1 not.
"""

import functools
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.diagnostics import Diagnostic
from dicom_cdk.offline.planning.plan import Planned
from dicom_cdk.offline.shapes import complete
from dicom_cdk.offline.values import Value
from provider.derive import binary
from tests.offline import terraform_core as core
from tests.offline.replay import cases, differences

Json = dict[str, Any]
PROVIDER = "aliyun/alicloud"
CONFIGURATION = {
    "region": "cn-shanghai",
    "access_key": "made-up",
    "secret_key": "made-up",
    "account_id": "1234567890123456",
    "account_type": "Domestic",
    "skip_region_validation": True,
}
"""As provider/README.md says that the cases were recorded."""
SECTIONS = {"managed": "resource_schemas", "data": "data_source_schemas"}
METHODS = {"managed": "ValidateResourceTypeConfig", "data": "ValidateDataSourceConfig"}


class Recorder:
    """Asks one running program."""

    def __init__(self, call: binary.Call) -> None:
        self._call = call
        self._schema = binary.decoded(call("GetSchema", b""))
        block = self._schema["provider"]["block"]
        call("Configure", wire.field(1, "1.11.4") + dynamic_value.field(2, complete(block, CONFIGURATION)))

    def verdict(self, case: Json) -> Json:
        """The case with what the program says of its configuration."""
        block = self._block(case["mode"], case["type"])
        if block is None:
            return {**case, "verdict": "error", "errors": 1, "warnings": 0}
        decoded = core.decode(block, case["config"])
        if decoded.findings:
            return {**case, "verdict": "error", "errors": len(decoded.findings), "warnings": 0}
        request = wire.field(1, case["type"]) + dynamic_value.field(2, decoded.value)
        found = _diagnostics(self._call(METHODS[case["mode"]], request), 1)
        errors = sum(not one.warning for one in found)
        return {**case, "verdict": "error" if errors else "ok", "errors": errors, "warnings": len(found) - errors}

    def plan(self, case: Json) -> Json:
        """The case with what the program plans; `expect` is None where it refuses."""
        block = self._block("managed", case["type"])
        if block is None:
            return {**case, "expect": None}
        config = None if case["config"] is None else core.decode(block, case["config"]).value
        prior = core.canonical(block, case.get("prior"))
        try:
            change = core.change(block, prior, config, functools.partial(self._planned, case["type"]))
        except core.RefusedError:
            return {**case, "expect": None}
        expect = {
            "actions": change.actions,
            "after": change.after,
            "after_unknown": change.after_unknown,
            "replace_paths": change.replace_paths,
        }
        return {**case, "expect": expect}

    def _planned(self, name: str, prior: Value, proposed: Value, config: Value) -> Planned:
        request = (
            wire.field(1, name)
            + dynamic_value.field(2, prior)
            + dynamic_value.field(3, proposed)
            + dynamic_value.field(4, config)
        )
        answer = wire.decode(self._call("PlanResourceChange", request))
        paths = [_path(one) for one in answer.get(2, ()) if isinstance(one, bytes)]
        return Planned(dynamic_value.decoded(wire.data_of(answer, 1)), paths, _from(answer, 4))

    def _block(self, mode: str, name: str) -> Json | None:
        found: Json | None = self._schema[SECTIONS[mode]].get(name, {}).get("block")
        return found


def _diagnostics(answer: bytes, number: int) -> list[Diagnostic]:
    return _from(wire.decode(answer), number)


def _from(answer: wire.Fields, number: int) -> list[Diagnostic]:
    said = [wire.decode(one) for one in answer.get(number, ()) if isinstance(one, bytes)]
    return [Diagnostic(wire.text_of(one, 2), wire.text_of(one, 3), warning=wire.number_of(one, 1) == 2) for one in said]


def _path(message: bytes) -> tuple[str | int, ...]:
    steps = [wire.decode(one) for one in wire.decode(message).get(1, ()) if isinstance(one, bytes)]
    return tuple(wire.number_of(one, 3) if 3 in one else wire.text_of(one, 1) or wire.text_of(one, 2) for one in steps)


def other(recorded: Json, answered: Json) -> str:
    """How an answer differs from the recorded one; empty where it does not."""
    place = f"{recorded['id']} {recorded['type']} {recorded['kind']}"
    if "expect" in recorded:
        if answered["expect"] is None:
            return f"{place}: refused, recorded was a plan"
        found = differences(answered["expect"], recorded["expect"])
        return f"{place}: {'; '.join(found[:3])}" if found else ""
    # Terraform counts what it refuses itself in another way than the walk before the question.
    keys = ("verdict",) if recorded["verdict"] == "error" else ("verdict", "errors", "warnings")
    found = [f"{key}: {answered[key]}, recorded: {recorded[key]}" for key in keys if answered[key] != recorded[key]]
    return f"{place}: {'; '.join(found)}" if found else ""


def record(program: Path, more: tuple[str, ...], output: Path, asked: dict[str, Iterable[Json]]) -> list[str]:
    """Write the program's answers to `asked` (`validate`, `plan`); gives how they differ. Raises NoAnswer."""
    output.mkdir(parents=True, exist_ok=True)
    changed: list[str] = []
    with binary.running(program, more) as call:
        recorder = Recorder(call)
        for kind, answer in (("validate", recorder.verdict), ("plan", recorder.plan)):
            with (output / f"{kind}.jsonl").open("w", encoding="utf-8") as stream:
                for case in asked[kind]:
                    answered = answer(case)
                    stream.write(json.dumps(answered, sort_keys=True, separators=(",", ":")) + "\n")
                    changed += filter(None, [other(case, answered)])
    return changed


def questions(kind: str) -> Iterator[Json]:
    """The recorded cases of the provider."""
    return (case for case in cases(kind) if case["provider"] == PROVIDER)


def main(arguments: list[str]) -> int:
    program, output, *more = arguments
    changed = record(Path(program), tuple(more), Path(output), {kind: questions(kind) for kind in ("validate", "plan")})
    print("\n".join([*changed, f"{len(changed)} answers are other than recorded"]))
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
