"""One plan: scratch folder, provider, validate, plan, `show -json`, redaction."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dicom_cdk.plan.redaction import redacted
from dicom_cdk.plan.secret_values import literals, scrubbed
from dicom_cdk.plan.stack import Stack, scratch
from dicom_cdk.plan.state_keeper import keeping
from dicom_cdk.plan.terraform import Answer, Terraform

PLAN = "plan"
PARALLEL = "-parallelism=30"
"""Nothing waits for a cloud here."""
REAL_PROVIDER = {
    "access_key": "made-up",
    "secret_key": "made-up",
    "account_id": "1234567890123456",
    "account_type": "Domestic",
    "skip_region_validation": True,
    "region": "cn-shanghai",
}
"""What lets the real provider plan with no account and no network (facts: provider 0.1)."""


@dataclass(frozen=True)
class Finding:
    """What Terraform or the provider says: an error, or a warning. `where`: resource address, `line` of cdk.tf.json, or ""."""

    summary: str
    detail: str
    where: str = ""
    warning: bool = False


@dataclass(frozen=True)
class Planned:
    """The outcome for one stack: redacted plan JSON (None when refused), findings, how it was made."""

    stack: Stack
    terraform: Terraform
    plan: dict[str, Any] | None
    findings: list[Finding] = field(default_factory=list)
    base: Stack | None = None

    def path(self, address: str) -> str:
        """Construct path of a resource, also of one that is only in the base."""
        name = address.partition("[")[0]
        return self.stack.paths.get(name) or (self.base.paths.get(name, "") if self.base else "")


class ProviderMissing(Exception):
    """The real provider is not installed here."""


def plan_offline(
    stack: Stack,
    terraform: Terraform,
    *,
    base: Stack | None = None,
    answers: Path | None = None,
    validates: bool = True,
) -> Planned:
    """Plan `stack` with the offline provider; against the state that `base` gives when applied, else against nothing.

    `validates`: also look for warnings, which a plan does not say. Errors it says either way.

    Raises AnswersError.
    """
    with (
        scratch() as folder,
        _offline(folder, [stack, *([base] if base else [])], answers, applies=base is not None) as on,
    ):
        if base is not None:
            refused = _applied(base, terraform, folder, on)
            if refused:
                return Planned(base, terraform, None, _unspoken(refused, base))
        stack.write(folder)
        return replace(_plan(stack, terraform, folder, on, validates=validates), base=base)


def _unspoken(found: list[Finding], *stacks: Stack) -> list[Finding]:
    """The same findings without secrets of the stacks, which Terraform and providers quote in their errors."""
    secrets = frozenset(text for stack in stacks for text in literals(stack.document)) if found else frozenset()
    return [replace(one, summary=scrubbed(one.summary, secrets), detail=scrubbed(one.detail, secrets)) for one in found]


def _applied(base: Stack, terraform: Terraform, folder: Path, on: dict[str, str]) -> list[Finding]:
    """Leaves the state of an applied `base` in `folder`; what Terraform says if it cannot be applied."""
    base.write(folder)
    with keeping() as keeper:
        keeper.write_backend(folder)
        ready = terraform.run(folder, "init", "-input=false", "-no-color", environment=on)
        if ready.code != 0:
            return [Finding("terraform init failed", _said(ready))]
        applied = terraform.run(folder, "apply", "-auto-approve", "-refresh=false", PARALLEL, "-json", environment=on)
        shutil.rmtree(folder / ".terraform", ignore_errors=True)
        keeper.put(folder)
    return _streamed(applied) if applied.code != 0 else []


def plan_real(stack: Stack, terraform: Terraform) -> Planned:
    """Plan with the installed real provider and made-up keys. Raises ProviderMissing."""
    with scratch() as folder:
        stack.write(folder, REAL_PROVIDER)
        # The user's own settings say where providers are.
        on = _user_settings()
        ready = terraform.run(folder, "init", "-input=false", "-no-color", environment=on)
        if ready.code != 0:
            raise ProviderMissing(
                f"{stack.name}: the real provider cannot be had: {_last(ready.stderr)}; install aliyun/alicloud 1.289.0 into a "
                "filesystem mirror or plug-in folder, or plan with --provider offline"
            )
        return _plan(stack, terraform, folder, on)


@contextmanager
def _offline(folder: Path, stacks: list[Stack], answers: Path | None, *, applies: bool) -> Iterator[dict[str, str]]:
    """Serves the types in use; gives the environment that leads Terraform to them."""
    from dicom_cdk.offline import answers as canned
    from dicom_cdk.offline.server import reattach, serving
    from dicom_cdk.offline.service import Service
    from dicom_cdk.offline.store import ADDRESSES, Mode, shipped_store

    del folder
    modes: tuple[Mode, ...] = ("managed", "data")
    types = {mode: {name for stack in stacks for name in stack.types()[mode]} for mode in modes}
    known = canned.load(answers) if answers else canned.Answers()
    wanted = {name for stack in stacks for name in stack.document.get("terraform", {}).get("required_providers", {})}
    wanted |= {name.partition("_")[0] for mode in modes for name in types[mode]}
    services = [Service(name, shipped_store(), types, known, applies) for name in ADDRESSES if name in wanted]
    with ExitStack() as parts:
        found = parts.enter_context(serving(services))
        yield {"TF_REATTACH_PROVIDERS": reattach(found)}


def _plan(stack: Stack, terraform: Terraform, folder: Path, on: dict[str, str], *, validates: bool = True) -> Planned:
    # With reattach nothing has to be fetched and there is no backend: no init.
    findings: list[Finding] = []
    if validates:
        judged = terraform.run(folder, "validate", "-json", environment=on)
        findings = _diagnostics(judged)
        if judged.code != 0:
            findings = findings or [Finding("terraform validate failed", _said(judged))]
            return Planned(stack, terraform, None, _unspoken(findings, stack))
    planned = terraform.run(
        folder, "plan", "-refresh=false", "-input=false", PARALLEL, "-json", f"-out={PLAN}", environment=on
    )
    if planned.code != 0:
        return Planned(stack, terraform, None, _unspoken(_streamed(planned), stack))
    shown = terraform.run(folder, "show", "-json", PLAN, environment=on)
    (folder / PLAN).unlink(missing_ok=True)
    if not isinstance(shown.json, dict):
        return Planned(stack, terraform, None, [Finding("terraform show failed", _said(shown))])
    return Planned(stack, terraform, redacted(shown.json), _unspoken(findings, stack))


def _diagnostics(answer: Answer) -> list[Finding]:
    """Of `validate -json`."""
    found = answer.json
    return [_finding(one) for one in found.get("diagnostics", [])] if isinstance(found, dict) else []


def _streamed(answer: Answer) -> list[Finding]:
    """Errors of a command that writes one JSON object a line."""
    import json

    found = []
    for line in answer.stdout.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if said.get("type") == "diagnostic" and said["diagnostic"]["severity"] == "error":
            found.append(_finding(said["diagnostic"]))
    return found or [Finding(f"terraform {answer.command} failed", _said(answer))]


def _finding(one: dict[str, Any]) -> Finding:
    where = one.get("address") or ""
    if not where:
        context = (one.get("snippet") or {}).get("context") or ""
        where = (
            context.replace('resource "', "")
            .replace('data "', "data.")
            .replace('" "', ".")
            .rstrip('"')
            .replace(".resource.", "")
        )
        where = where.removeprefix("resource.")
    line = (one.get("range") or {}).get("start", {}).get("line")
    place = f"{where} (cdk.tf.json:{line})" if line and where else where or (f"cdk.tf.json:{line}" if line else "")
    return Finding(one.get("summary", ""), one.get("detail", ""), place, one.get("severity") == "warning")


def _said(answer: Answer) -> str:
    """Why a command failed that gave no finding."""
    if answer.code < 0:
        return f"it was ended by signal {-answer.code}; run it again"
    return _last(answer.stderr or answer.stdout) or f"exit {answer.code} and nothing said"


def _last(text: str) -> str:
    lines = [line.strip(" │╷╵") for line in text.splitlines()]
    return " ".join(line for line in lines if line)[-600:]


def _user_settings() -> dict[str, str]:
    import os

    return {name: os.environ[name] for name in ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR") if name in os.environ}
