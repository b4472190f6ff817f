"""`dicom-cdk handoff`: everything of some stacks in one folder and one archive, for people without Python."""

import datetime
import importlib.util
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.handoff import deletion, deployer, documents, folder, images, import_ids, policy_files, terraform_files
from dicom_cdk.handoff.errors import HandoffError
from dicom_cdk.markdown import visible
from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.modules.stack_files import warn_of_unseen
from dicom_cdk.plan.planning import Planned, plan_offline
from dicom_cdk.plan.stack import NotAStack, Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.preflight import policy
from dicom_cdk.preflight.check import Target
from dicom_cdk.report import content
from dicom_cdk.report.diagram import network_diagram
from dicom_cdk.report.mermaid import mermaid
from dicom_cdk.report.page import render
from dicom_cdk.report.planned import table_of
from dicom_cdk.report.svg import svg

OK = 0
BOOTSTRAP = "-bootstrap"


def run(destination: Path, folders: Sequence[Path], *, answers: Path | None, today: datetime.date) -> int:
    """Hand stacks over. Raises HandoffError, NotAStack, TerraformMissing, AnswersError, PolicyError, WaiverError."""
    if not folders:
        raise NotAStack(
            "cdktf.out/stacks: no stack there; synthesize first, name a stack's folder by --stack-dir or a --site"
        )
    folder.refuse_taken(destination)
    stacks = [Stack.read(one) for one in folders]
    program = terraform.find()
    files: dict[str, str] = policy_files.files()
    warnings = []
    for stack in _service_first(stacks):
        planned = plan_offline(stack, program, answers=answers)
        lines = list(summary.lines(planned))
        if planned.plan is None:
            raise HandoffError("\n".join([*lines, f"{stack.name}: cannot be planned, so it is not handed over"]))
        judged = content.policies(of_stack(stack), today)
        if judged.problems:
            warnings.append(
                f"{stack.name}: {len(judged.problems)} policy findings are handed over too: dicom-cdk check"
            )
        files |= _of_stack(stack, stacks, planned, lines, judged)
    files["README.md"] = documents.readme([import_ids.asked_for(stack)[0] for stack in _service_first(stacks)])
    folder.write(destination, files)
    print(f"{destination}: {len(files) + 1} files, {', '.join(stack.name for stack in stacks)}")
    print(folder.archive_of(destination))
    if importlib.util.find_spec("checkov") is None:
        warnings.append("Checkov is not installed, so the hand-off holds no verdicts")
    warn_of_unseen(_service_first(stacks))
    for warning in warnings:
        print(f"warning: {visible(warning)}", file=sys.stderr)
    return OK


def _of_stack(
    stack: Stack, stacks: Sequence[Stack], planned: Planned, lines: list[str], judged: content.Policies
) -> dict[str, str]:
    document = content.shown(stack, of_stack(stack))
    network = network_diagram(document)
    name = stack.name
    found = {f"terraform/{name}/{file}": text for file, text in terraform_files.files(stack).items()}
    before = next((other.name for other in stacks if other.name == name + BOOTSTRAP), "")
    found |= {
        f"docs/{name}/runbook.md": documents.runbook(import_ids.asked_for(stack)[0], before, planned.plan),
        f"docs/{name}/resources.md": documents.index(stack),
        f"docs/{name}/report.html": render(stack, table_of(planned, document), judged),
        f"docs/{name}/network.svg": svg(network, "network", alone=True) + "\n",
        f"docs/{name}/network.mmd": mermaid(network),
        f"plan/{name}.txt": "\n".join(map(visible, lines)) + "\n",
        f"plan/{name}.json": json.dumps(_stable(planned), indent=1, sort_keys=True) + "\n",
        f"iam/{name}/deployer-policy.md": deployer.comments(stack),
        f"iam/{name}/who-can-delete.md": deletion.text(stack),
        f"images/{name}.cdx.json": json.dumps(images.cyclonedx(name, images.images(document, stack)), indent=2) + "\n",
    }
    for number, one in enumerate(deployer.policies(stack), 1):
        found[f"iam/{name}/deployer-policy-{number}.json"] = deployer.text(one) + "\n"
    found[f"iam/{name}/reader-policy.json"] = policy.text(Target(stack))
    found |= {f"payloads/{name}/{file}": text for file, text in documents.payloads(stack).items()}
    return found


def _stable(planned: Planned) -> object:
    """The plan without its time and what Terraform writes in any order."""
    assert planned.plan is not None
    return {
        key: value
        for key, value in planned.plan.items()
        if key not in ("timestamp", "relevant_attributes", "terraform_version")
    }


def _service_first(stacks: Sequence[Stack]) -> list[Stack]:
    return sorted(stacks, key=lambda stack: (stack.name.endswith(BOOTSTRAP), stack.name))
