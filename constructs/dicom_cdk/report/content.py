"""What the page says: gathered from a stack's JSON, its offline plan and its policies; nothing here knows HTML."""

import datetime
import importlib.util
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from dicom_cdk.payload import readable
from dicom_cdk.plan import summary
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.redaction.secret_values import literals
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.summary import GUIDE_STEPS
from dicom_cdk.policy import ingress_networks
from dicom_cdk.policy.archive_http import ways_to_archives
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.doors import doors
from dicom_cdk.policy.reachability import paths_from_internet

PROVIDER_PAGES = "https://registry.terraform.io/providers/{source}/{version}/docs/resources/{name}"


@dataclass(frozen=True)
class Step:
    """Resources of one room, in order of addresses; `number` is the guide's, "" where the guide has none."""

    room: str
    number: str
    resources: tuple[Resource, ...]


@dataclass(frozen=True)
class PolicyRow:
    """One policy and how many resources it failed, waived and passed."""

    id: str
    name: str
    severity: str
    failed: int
    waived: int
    passed: int


@dataclass(frozen=True)
class WaiverRow:
    """One waiver: of which policy, for which resource, why, until when."""

    policy: str
    address: str
    reason: str
    expires: str


@dataclass(frozen=True)
class Policies:
    """The gate's verdicts. `problems`: what failed, in words; `judged`: False where Checkov is not installed."""

    rows: tuple[PolicyRow, ...] = ()
    waivers: tuple[WaiverRow, ...] = ()
    problems: tuple[str, ...] = ()
    judged: bool = True


@dataclass(frozen=True)
class HostFile:
    """A file that hosts get, masked; `carriers`: addresses that bring it."""

    name: str
    lines: tuple[str, ...]
    carriers: tuple[str, ...]


def shown(stack: Stack, document: Document) -> Document:
    """The document without texts that are secret in the stack, which variables and locals carry into any argument. Raises
    NotAStack."""
    secrets = frozenset(text for one in module_resources.documents(stack) for text in literals(one))

    def safe(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: safe(part) for key, part in value.items()}
        if isinstance(value, list):
            return [safe(part) for part in value]
        return scrubbed(value, secrets) if isinstance(value, str) else value

    found = {address: replace(one, values=safe(one.values)) for address, one in document.resources.items()}
    return replace(document, resources=found, by_call=None) if secrets else document


def steps(document: Document) -> list[Step]:
    """Rooms in the guide's order, those that it does not know after them."""
    by_room: dict[str, list[Resource]] = {}
    for one in document.resources.values():
        by_room.setdefault(one.room, []).append(one)
    return [
        Step(room, GUIDE_STEPS.get(room, ""), tuple(sorted(by_room[room], key=lambda one: one.address)))
        for room in sorted(by_room, key=summary.place)
    ]


def provider_page(stack: Stack, kind: str) -> str:
    """Where the provider documents a type: the lowest version that the stack allows; "" where that cannot be told."""
    named = stack.document.get("terraform", {}).get("required_providers", {})
    wanted = named.get(kind.partition("_")[0])
    version = str(wanted.get("version", "")).strip("~>= ") if isinstance(wanted, dict) else ""
    if not isinstance(wanted, dict) or not version:
        return ""
    version += ".0" * (2 - version.count("."))
    return PROVIDER_PAGES.format(source=wanted.get("source", ""), version=version, name=kind.partition("_")[2])


def policies(document: Document, today: datetime.date) -> Policies:
    """Verdicts of all policies. Raises PolicyError and WaiverError."""
    if importlib.util.find_spec("checkov") is None:
        return Policies(judged=False)
    from dicom_cdk.policy import catalogue
    from dicom_cdk.policy.gate import judge

    known = catalogue.load()
    judgement = judge([document], known, today, placed=False)
    counts: dict[str, Counter[str]] = {}
    for one in judgement.findings:
        counts.setdefault(one.policy.id, Counter())[one.status] += 1
    rows = [
        PolicyRow(
            policy.id, policy.name, policy.severity, *(counts[policy.id][one] for one in ("failed", "waived", "passed"))
        )
        for policy in sorted(known.policies.values(), key=lambda policy: policy.id)
        if policy.id in counts
    ]
    waivers = [
        WaiverRow(one.policy, one.address, one.reason, one.expires.isoformat() if one.expires else "never")
        for one in sorted(judgement.waivers, key=lambda one: (one.policy, one.address))
    ]
    problems = [
        f"{one.policy.severity} {one.policy.id} {one.address}: {'; '.join(one.problems) or one.policy.name}. {one.policy.fix}"
        for one in judgement.of("failed")
    ]
    return Policies(tuple(rows), tuple(waivers), tuple(problems))


def exposure(document: Document) -> tuple[list[str], list[str]]:
    """Ways in that are meant (HTTP triggers and domains, with who may call) and those that lead around them."""
    return [str(door) for door in doors(document)], [str(path) for path in paths_from_internet(document)]


def networks(document: Document) -> tuple[list[str], list[str]]:
    """What private networks reach by address: what is meant, and the archive's own HTTP, which is not."""
    unfiltered = ways_to_archives(document)
    bad = {(way.network, way.rule) for way in unfiltered}
    meant = []
    for rule in document.of("alicloud_security_group_rule"):
        if rule.get("type") != "ingress" or rule.get("policy") == "drop":
            continue
        group = document.target(rule.values.get("security_group_id"), "alicloud_security_group")
        port = str(rule.get("port_range")).partition("/")[0]
        into = f"{group.address if group else 'a group'}, port {port}: {rule.get('description') or 'no reason'}"
        ranges = ingress_networks.networks(document, rule)
        meant += [f"{one} → {into}" for one in ranges if (one, rule.address) not in bad]
    return sorted(meant), [str(way) for way in unfiltered]


def host_files(stack: Stack) -> list[HostFile]:
    """Each file once, in order of names, with everybody who brings it. Raises NotAStack."""
    found: dict[tuple[str, str], list[str]] = {}
    for (address, name), text in sorted(readable.files(module_resources.carriers(stack)).items()):
        found.setdefault((name, text), []).append(address)
    return [
        HostFile(name, tuple(readable.masked(text)), tuple(carriers))
        for (name, text), carriers in sorted(found.items())
    ]
