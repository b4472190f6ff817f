"""What a rehearsal takes from a synthesized stack: hosts, steps in apply order, secrets, the function. Reads JSON only.

Over 200 lines: one stack, each part of it read once.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from dicom_cdk.payload import unpack
from dicom_cdk.payload.command import PARAMETER
from dicom_cdk.plan.stack import Stack
from dicom_cdk.rehearsal.expression import evaluate

DATABASE, FILTER = "198.18.0.10", "198.18.0.22"
"""Where database and filter stand in a rehearsal, the filter unless its address is fixed: in the range for tests, nobody's VPC."""

CLONE, DRILL_TAG = "alicloud_rds_clone_db_instance", "drill-of"
HEALTH_CHECKS = "100.64.0.0/10"
"""Where balancers ask from."""


@dataclass(frozen=True)
class Host:
    """One ECS instance: construct path (such as directory/l), name, address, the decoded user data."""

    path: str
    address: str
    name: str
    private_ip: str
    user_data: unpack.Payload


@dataclass(frozen=True)
class Step:
    """One host step: construct path (such as archive/up), host, room, entry, launcher text, values."""

    path: str
    address: str
    host: str
    room: str
    entry: str
    launcher: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def command(self, seconds: int | None = None, **replaced: Any) -> str:
        """The launcher as Cloud Assistant would start it, with some values replaced, or less time than it has."""
        launcher = self.launcher
        if seconds is not None:
            launcher = re.sub(r"\bDICOM_SECONDS=\d+", f"DICOM_SECONDS={seconds}", launcher)
        return launcher.replace(f"{{{{{PARAMETER}}}}}", json.dumps({**self.values, **replaced}))


class Site:
    """The stack of one site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack: dict[str, Any] = Stack.read(folder).document
        self.name = folder.name

    @property
    def drill(self) -> bool:
        """Whether it is the stack of a restore drill."""
        databases = self.resources("alicloud_db_instance").values()
        return bool(self.resources(CLONE)) or any(DRILL_TAG in (one.get("tags") or {}) for one in databases)

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self._stack.get("resource", {}).get(kind, {})
        return found

    @property
    def modules(self) -> list[str]:
        """Modules that the stack calls; what is in them is not rehearsed."""
        calls = self._stack.get("module")
        return [f"module.{name}" for name in sorted(calls)] if isinstance(calls, dict) else []

    @cached_property
    def _payloads(self) -> dict[str, unpack.Payload]:
        return {payload.address: payload for payload in unpack.payloads(self._stack)}

    @cached_property
    def hosts(self) -> dict[str, Host]:
        """Hosts by construct path, such as directory/l."""
        found = {}
        for name, body in self.resources("alicloud_instance").items():
            address = f"alicloud_instance.{name}"
            if address in self._payloads and self._payloads[address].bundles:
                path = _path(body).removesuffix("/instance")
                found[path] = Host(path, address, body["instance_name"], body["private_ip"], self._payloads[address])
        return found

    @cached_property
    def steps(self) -> list[Step]:
        """All host steps, in an order that apply could take."""
        runs = {
            f"alicloud_ecs_invocation.{name}": body for name, body in self.resources("alicloud_ecs_invocation").items()
        }
        hosts = {host.address: path for path, host in self.hosts.items()}
        order = TopologicalSorter({run: self._before(run, runs) for run in sorted(runs)}).static_order()
        steps = []
        for run in order:
            body = runs[run]
            payload = self._payloads[_referred(body["command_id"])]
            values = json.loads(evaluate(body["parameters"][PARAMETER], self.resolve))
            host = hosts[_referred(body["instance_id"][0])]
            path = _path(body).removesuffix("/run")
            steps.append(Step(path, run, host, payload.room, payload.entry, payload.text, values))
        return steps

    @cached_property
    def standing(self) -> list[Step]:
        """Steps of a site that stays what it is: without those of a walk."""
        walks = {"backup", "drain", "upgrade", "walked", "resume", "update"}
        return [step for step in self.steps if step.room not in ("database", "directory") or step.entry not in walks]

    def established_timeout(self, address: str) -> int:
        """Seconds after which the balancer of this address forgets a session that says nothing; 900 where it has no word of it."""
        balancers = self.resources("alicloud_slb_load_balancer")
        here = {
            f"alicloud_slb_load_balancer.{name}" for name, body in balancers.items() if body.get("address") == address
        }
        listeners = self.resources("alicloud_slb_listener").values()
        found = [one.get("established_timeout", 900) for one in listeners if _referred(one["load_balancer_id"]) in here]
        return min((int(one) for one in found), default=900)

    def step(self, path: str) -> Step:
        return next(step for step in self.steps if step.path == path)

    def _before(self, run: str, runs: Mapping[str, Any]) -> set[str]:
        """Invocations that an invocation waits for, also through other resources."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [run]
        while waiting:
            kind, _, name = waiting.pop().partition(".")
            body = self.resources(kind).get(name, {})
            text = json.dumps({key: value for key, value in body.items() if key != "//"})
            for other in re.findall(r"((?:alicloud|random|terraform)_[a-z0-9_]+\.[A-Za-z0-9_-]+)", text):
                if other in runs and other != run:
                    found.add(other)
                elif other not in seen and other != run:
                    seen.add(other)
                    waiting.append(other)
        return found

    def resolve(self, kind: str, name: str, attribute: str) -> Any:
        """The value that stands for a reference: what the stack says of it, else one made up for the rehearsal."""
        body = (self._stack.get("variable") or {}) if kind == "var" else self.resources(kind)
        given = body.get(name, {}).get(attribute)
        if isinstance(given, str):
            return evaluate(given, self.resolve)
        if kind in ("alicloud_db_instance", CLONE) and attribute in ("connection_string", "port"):
            return DATABASE if attribute == "connection_string" else "5432"
        if kind == "alicloud_slb_load_balancer" and attribute == "address":
            return FILTER
        return f"rehearsed-{name}-{attribute}"

    @cached_property
    def secret_names(self) -> dict[str, str]:
        """Every secret that a host reads: its name there, to its name in KMS or its oss://bucket/key."""
        # A drill's clone has the password of its source, which a step of its own reads.
        source = [("database", step.values["held_as"]) for step in self.steps if "held_as" in step.values]
        return dict(source) | {
            key: step.values.get("secrets_in", "") + name
            for step in self.steps
            if step.entry == "boot"
            for key, name in step.values["secrets"].items()
        }

    @cached_property
    def region(self) -> str:
        """The region that hosts are told."""
        found: str = next(step.values["region"] for step in self.steps if step.entry == "boot")
        return found

    @cached_property
    def function(self) -> dict[str, str]:
        """Environment of the gateway's function; {} where the stack has none."""
        for body in self.resources("alicloud_fcv3_function").values():
            return {key: evaluate(value, self.resolve) for key, value in body.get("environment_variables", {}).items()}
        return {}

    @cached_property
    def filter(self) -> dict[str, str]:
        """Environment of the filter for hospitals' networks; {} where the stack has none."""
        for body in self.resources("alicloud_sae_application").values():
            variables = {one["name"]: one["value"] for one in json.loads(body.get("envs") or "[]")}
            if "DICOM_SIDE" in variables:
                return {name: evaluate(value, self.resolve) for name, value in variables.items()}
        return {}

    @cached_property
    def networks(self) -> list[str]:
        """Networks that ingress rules name, beside the balancers' own."""
        rules = self.resources("alicloud_security_group_rule").values()
        return sorted({one["cidr_ip"] for one in rules if one.get("cidr_ip") not in (None, HEALTH_CHECKS)})


def _path(body: Mapping[str, Any]) -> str:
    path: str = body["//"]["metadata"]["path"]
    return path.split("/", 1)[1]


def _referred(reference: str) -> str:
    return reference.removeprefix("${").removesuffix(".id}")
