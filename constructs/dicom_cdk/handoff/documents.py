"""Pages of a hand-off for people: README, runbook, index of resources, index of payloads; Markdown from assets/handoff/."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from dicom_cdk import pages
from dicom_cdk.handoff import alarm_pages, oldest
from dicom_cdk.handoff.services import activated
from dicom_cdk.handoff.stages import Stage, stages
from dicom_cdk.markdown import cell, code, plain, visible
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.stack import Stack, lifecycle
from dicom_cdk.plan.state import told as state_words
from dicom_cdk.plan.summary import GUIDE_STEPS
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.policy.stack_rules.secret_readers import held
from dicom_cdk.report import content
from dicom_cdk.report.apply_order import apply_order, waves
from dicom_cdk.report.content import shown
from dicom_cdk.report.outputs import outputs
from dicom_cdk.review.loss.data_facts import lost_with

Json = dict[str, Any]
GENERATION = r"-g\d+$"
"""How the name of a secret ends that is rotated by a setting."""


@dataclass(frozen=True)
class Wave:
    """What is made at the same time; `minutes`: Terraform's longest wait for one of them, 0 where the stack says none."""

    titles: tuple[str, ...]
    minutes: int


def readme(stacks: Sequence[Stack]) -> str:
    terraform, opentofu = map(oldest.text, oldest.oldest(*stacks))
    return pages.rendered(
        "handoff/README.md.j2",
        stacks=[stack.name for stack in stacks],
        main=stacks[0].name,
        terraform=terraform,
        opentofu=opentofu,
        dicom=any(map(_of_a_site, stacks)),
        variables=any(stack.variables for stack in stacks),
        modules=any(map(modules.folders, stacks)),
        payloads=any(map(content.host_files, stacks)),
    )


def runbook(stack: Stack, bootstrap: str = "", plan: Json | None = None) -> str:
    """Of one stack. `bootstrap`: the stack to apply before it, "" where there is none; `plan`: from nothing, which tells instances
    apart."""
    document = shown(stack, of_stack(stack))
    told = outputs(stack, document)
    named = {name for name, _, _ in told}
    return pages.rendered(
        "handoff/runbook.md.j2",
        name=stack.name,
        bootstrap=bootstrap,
        services=activated(document),
        variables=sorted(stack.variables),
        waves=_waves(document, state_words.imported(stack, plan)),
        state=state_words.sentences(stack, plan),
        outputs=told,
        hospitals="dicomweb_url" in named,
        console={"archive_console", "archive_host_id"} <= named,
        retries=[one.address for one in document.of("alicloud_ecs_invocation")],
        secrets=[name for name in _secrets(document) if re.search(GENERATION, name)],
        backups=[one.get("backup_retention_period") for one in document.of("alicloud_db_backup_policy")],
        copies=bool(document.of("alicloud_oss_bucket_replication")),
        directory=any(one.path.startswith("directory/") for one in document.of("alicloud_instance")),
        stages=_told(stages(document)),
        hosts=[str(one.get("instance_name", one.name)) for one in document.of("alicloud_instance")],
        ours=_of_a_site(stack),
        guarded=any(lifecycle(one.values).get("prevent_destroy") for one in document.resources.values()),
        holding=[(one.address, what) for one in document.resources.values() if (what := lost_with(one.type))],
        gateway=bool(document.of("alicloud_fcv3_trigger", "alicloud_fcv3_custom_domain")),
        modalities=any(one.room == "archive" for one in document.of("alicloud_instance")),
        contacts=bool(document.of("alicloud_cms_alarm_contact")),
        buckets=_versioned(document),
        alarms=alarm_pages.markdown(alarm_pages.of_stack(document), level=3),
        keys=bool(document.of("alicloud_kms_secret", "alicloud_kms_key")),
    )


def _of_a_site(stack: Stack) -> bool:
    """Whether rooms of the deployment guide made it: paths of its constructs say so."""
    return any("/" in path and path.partition("/")[0] in GUIDE_STEPS for path in stack.paths.values())


def index(stack: Stack) -> str:
    """Resources by guide step."""
    document = shown(stack, of_stack(stack))
    lines = [f"# Resources of {plain(stack.name)}, by step of the deployment guide", ""]
    for step in content.steps(document):
        number = f", guide step {step.number}" if step.number else ""
        lines += [
            f"## {plain(step.room or 'elsewhere')}{number} ({len(step.resources)})",
            "",
            "| address | construct | needs |",
            "| --- | --- | --- |",
        ]
        for one in step.resources:
            needed = ", ".join(code(address) for address in sorted(one.needs) if address in document.resources)
            page = content.provider_page(stack, one.type)
            lines.append(
                f"| {f'[{code(one.address)}]({page})' if page else code(one.address)} | {cell(one.path)} | {needed} |"
            )
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def payloads(stack: Stack) -> dict[str, str]:
    """Path below payloads/<stack> → text of every file that goes to a host, and an index of who brings it."""
    files = content.host_files(stack)
    times = [file.name for file in files]
    found: dict[str, str] = {}
    rows = []
    for file in files:
        # The same name with other content: told apart by the first who brings it.
        name = _safe(file.name) if times.count(file.name) == 1 else f"{_safe(file.carriers[0])}/{_safe(file.name)}"
        found[name] = "\n".join(visible(line, keep="\t") for line in file.lines) + "\n"
        rows.append(f"| [{cell(name)}]({quote(name)}) | {', '.join(map(code, file.carriers))} |")
    if found:
        found["README.md"] = "\n".join(
            [
                f"# Files that {plain(stack.name)} sends to its hosts",
                "",
                "Decoded for reading; what Terraform sends is in cdk.tf.json. What looks like a secret is masked.",
                "",
                "| file | brought by |",
                "| --- | --- |",
                *rows,
                "",
            ]
        )
    return found


def _safe(name: str) -> str:
    """Never outside the folder, whatever a foreign stack calls its files."""
    parts = [re.sub(r"[^\w. ()-]", "_", part) for part in PurePosixPath(name).parts if part != "/"]
    return "/".join("_" if part in ("..", ".", "README.md") else part for part in parts) or "_"


def _secrets(document: Document) -> list[str]:
    return sorted(held(document).values())


def _versioned(document: Document) -> bool:
    """Whether any bucket keeps old versions."""
    return any(
        "Enabled" in str(one.get("versioning") or one.get("status") or "")
        for one in document.of("alicloud_oss_bucket", "alicloud_oss_bucket_versioning")
    )


def _waves(document: Document, imported: Mapping[str, str]) -> list[Wave]:
    """`imported`: address → how much of what stands there only comes into the state, since it is there already."""
    found = []
    for wave in waves(apply_order(document)):
        waits = [
            0
            if imported.get(node.id) == state_words.WHOLE
            else _minutes(document.resources[node.id].values.get("timeouts"))
            for node in wave
        ]
        titles = (f"{node.title} ({', '.join(filter(None, (node.service, imported.get(node.id))))})" for node in wave)
        found.append(Wave(tuple(titles), max(waits)))
    return found


def _minutes(timeouts: object) -> int:
    said = timeouts.get("create") if isinstance(timeouts, dict) else None
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?", str(said or ""))
    return int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0


def _told(found: Sequence[Stage]) -> list[tuple[str, list[str]]]:
    return [(stage.room, [f"-target={target}" for target in stage.targets]) for stage in found]
