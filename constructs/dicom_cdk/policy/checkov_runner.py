"""Checkov's runner over our document, one verdict each. Its inside is known to files named checkov_* alone; it is pinned.

Three private seams, each with a test: much is not imported (checkov_import); definitions are given instead of parsed
(checkov_definitions); graph policies come from documents that were read already.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from dicom_cdk.policy import checkov_import
from dicom_cdk.policy.checkov_definitions import EVERY, by_themselves, definitions
from dicom_cdk.policy.checkov_errors import broken, loud
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.errors import PolicyError
from dicom_cdk.policy.verdict import Verdict, read
from dicom_cdk.policy.wrong_types import refused

with checkov_import.lean():
    from checkov.common.bridgecrew.check_type import CheckType
    from checkov.common.checks_infra.checks_parser import GraphCheckParser
    from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
    from checkov.common.graph.checks_infra.enums import SolverType
    from checkov.common.output.report import Report
    from checkov.common.util.type_forcers import force_list
    from checkov.runner_filter import RunnerFilter
    from checkov.terraform.checks.resource.registry import resource_registry
    from checkov.terraform_json.parser import prepare_definition
    from checkov.terraform_json.runner import TerraformJsonRunner

Json = dict[str, Any]
FILE = "/cdk.tf.json"


@cache
def built_ins() -> dict[str, tuple[str, frozenset[str]]]:
    """Checkov's own policies for Alibaba Cloud: id → name, types."""
    _load_built_ins()
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for kind, checks in resource_registry.checks.items():
        for check in checks:
            if check.id.startswith("CKV_ALI_"):
                name, types = found.get(check.id, (check.name, frozenset()))
                found[check.id] = (name, types | {kind})
    registry = TerraformJsonRunner().graph_registry
    registry.load_checks()
    for graph_check in registry.checks:
        if graph_check.id.startswith("CKV_ALI_"):
            found[graph_check.id] = (graph_check.name, frozenset(graph_check.resource_types))
    return found


def _load_built_ins() -> None:
    """Checkov's resource checks are registered when their modules are imported."""
    import checkov.terraform.checks.resource.alicloud  # noqa: F401


def judge(
    document: Document,
    graph: tuple[Json, ...],
    policies: Mapping[str, frozenset[str]],
    known: dict[str, list[Verdict]] | None = None,
) -> list[Verdict]:
    """Verdicts of `policies` (id → types, empty for built-ins) on every resource, in order of address and id.

    `known`: what the same policies said of resources before, by what these say themselves; those of this document are added.
    A policy of YAML judges no expression that only Terraform evaluates: its verdict is that it did not.

    Raises NotAStack for an argument of a wrong type that a policy breaks on; PolicyError for a policy that breaks otherwise,
    or that gives no verdict on another resource of its types.
    """
    resources = list(document.resources.values())
    known = {} if known is None else known
    runner = TerraformJsonRunner()
    runner.pbar.turn_off_progress_bar()
    runner.root_folder = "/"
    runner.definitions_raw = {FILE: []}
    runner_filter = _Filter(policies)
    _register(runner, graph)
    report = Report(CheckType.TERRAFORM_JSON)
    with loud() as errors:
        try:
            runner.definitions = {
                FILE: prepare_definition(definitions(document, whole=False, types=_looked_at(runner, policies)))
            }
            # Variables and locals are filled in already.
            runner.graph_manager.save_graph(
                runner.graph_manager.build_graph_from_definitions(runner.definitions, render_variables=False)
            )
            runner.add_graph_check_results(report, runner_filter)
            whole = prepare_definition(definitions(document, whole=True))
            keys = by_themselves(whole, known)
            runner.definitions = {FILE: whole}
            runner.add_python_check_results(single := Report(CheckType.TERRAFORM_JSON), runner_filter)
        except Exception as error:
            raise refused(document, f"{broken(errors)}{type(error).__name__}: {error}") from error
    if errors:
        raise refused(document, errors[0])
    found = {(one.address, one.policy): one for one in _verdicts(report, resources, policies)}
    said: dict[str, list[Verdict]] = {}
    for verdict in (read(one, document.mode) for one in _verdicts(single, resources, policies)):
        said.setdefault(verdict.address, []).append(verdict)
    for place, key in keys.items():
        address = resources[place - 1].address
        for verdict in known.setdefault(key, said.get(address, [])):
            found[address, verdict.policy] = replace(verdict, address=address)
    definitions_of = {one["metadata"]["id"]: one["definition"] for one in graph}
    for policy, types in policies.items():
        for one in resources:
            if one.type in types and not policy.startswith("CKV_") and (one.address, policy) not in found:
                if not (left := _open_arguments(document, one, definitions_of.get(policy))):
                    raise PolicyError(f"{document.name}: {policy} gave no verdict on {one.address}; report it")
                found[one.address, policy] = read(Verdict(policy, one.address, True, tuple(left)), document.mode)
    return [found[key] for key in sorted(found)]


def _looked_at(runner: TerraformJsonRunner, policies: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The types that graph policies ask for or lead to: nothing else can change what they say. EVERY among them for all."""
    return frozenset(
        kind for check in runner.graph_registry.checks if check.id in policies for kind in _asked_for(check)
    )


def _asked_for(check: BaseGraphCheck) -> Iterator[str]:
    if check.sub_checks:
        for part in check.sub_checks:
            yield from _asked_for(part)
    elif check.type is SolverType.FILTER and check.attribute == "resource_type":
        yield from map(str, force_list(check.attribute_value))
    else:
        yield from check.resource_types or [EVERY]
        if check.type is SolverType.CONNECTION:
            yield from check.connected_resources_types or [EVERY]


def _open_arguments(document: Document, one: Resource, definition: Any) -> list[str]:
    """Arguments that a policy of YAML looks at and only Terraform knows: its own, else those of resources that refer to it."""
    asked = sorted(_attributes(definition))
    if own := [name for name in dict.fromkeys(name for name, _ in asked) if "${" in str(one.get(name))]:
        return own
    return [
        f"{other.address}.{name}"
        for name, kinds in asked
        for other in document.naming(one)
        if other.type in kinds and "${" in str(other.get(name))
    ]


def _attributes(definition: Any) -> set[tuple[str, tuple[str, ...]]]:
    """Arguments that a policy of YAML looks at, and of which types."""
    if isinstance(definition, list):
        return {pair for one in definition for pair in _attributes(one)}
    if not isinstance(definition, dict):
        return set()
    kinds = tuple(map(str, force_list(definition.get("resource_types") or [])))
    own = {(str(definition["attribute"]).partition(".")[0], kinds)} if "attribute" in definition else set()
    return own | {pair for one in definition.values() for pair in _attributes(one)}


class _Filter(RunnerFilter):
    """Asks for policies by their ids; Checkov's own compares each with each as patterns, a fifth of the time of a judgement."""

    def __init__(self, policies: Iterable[str]) -> None:
        self._wanted = frozenset(policies)
        super().__init__(checks=sorted(self._wanted), show_progress_bar=False)

    def should_run_check(self, check: Any = None, check_id: str | None = None, *_: Any, **__: Any) -> bool:
        return (check.id if check else check_id) in self._wanted


def _verdicts(report: Report, resources: Sequence[Resource], policies: Container[str]) -> Iterator[Verdict]:
    for record, passed in _records(report):
        if record.check_id in policies:
            problems = tuple(record.details) if isinstance(record.details, list) else ()
            address = resources[record.file_line_range[0] - 1].address
            yield Verdict(record.check_id, address, passed, problems)


def _records(report: Report) -> Iterator[tuple[Any, bool]]:
    yield from ((record, False) for record in report.failed_checks)
    yield from ((record, True) for record in report.passed_checks)


def _register(runner: TerraformJsonRunner, graph: tuple[Json, ...]) -> None:
    """Hand the YAML policies to Checkov's registry, once a process. Raises PolicyError where Checkov would log and go on."""
    registry = runner.graph_registry
    registry.load_checks()
    known = {check.id for check in registry.checks}
    for document in graph:
        policy = document["metadata"]["id"]
        if policy in known:
            continue
        try:
            check = GraphCheckParser().parse_raw_check(document, resources_types=None, check_path="")
        except Exception as error:
            # An unknown operator, too: there is no solver for it.
            raise PolicyError(f"{policy}: Checkov refuses its definition: {type(error).__name__}: {error}") from error
        RunnerFilter.notify_external_check(policy)
        registry.checks.append(check)
