"""`dicom-cdk report`: which stack, which form, written where."""

import datetime
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_cdk.markdown import visible
from dicom_cdk.plan.stack import NotAStack, Stack, hand_out
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.content import shown
from dicom_cdk.report.device_sheets import as_text, sheets
from dicom_cdk.report.diagram import network_diagram
from dicom_cdk.report.mermaid import mermaid
from dicom_cdk.report.page import page
from dicom_cdk.report.svg import svg

if TYPE_CHECKING:
    from dicom_cdk.plan.terraform import Terraform

OK = 0
FORMS = (".html", ".svg", ".mmd", ".txt")


class ReportError(Exception):
    """No such form of a report, or no one stack that was meant."""


def run(
    folders: Sequence[Path], *, out: Path | None, answers: Path | None, today: datetime.date, lines: Path | None = None
) -> int:
    """Write the report of the one stack of `folders`. Raises ReportError, NotAStack, AnswersError, PolicyError, WaiverError,
    LinesError, CannotWrite."""
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    if len(folders) > 1:
        names = ", ".join(folder.name for folder in folders)
        raise ReportError(f"{len(folders)} stacks there ({names}), a report is of one; name its folder by --stack-dir")
    stack = Stack.read(folders[0])
    file = out or Path(f"{stack.name}.html")
    if file.suffix not in FORMS:
        raise ReportError(
            f"--out {file}: allowed are {', '.join(FORMS)} (page, diagram alone, diagram as Mermaid text, sheets of modalities)"
        )
    document = shown(stack, of_stack(stack))
    for text in document.unseen:
        print(f"warning: {visible(text)}", file=sys.stderr)
    if file.suffix == ".svg":
        text = svg(network_diagram(document), "network", alone=True) + "\n"
    elif file.suffix == ".mmd":
        text = mermaid(network_diagram(document))
    elif file.suffix == ".txt":
        found = sheets(document)
        if not found:
            raise ReportError(f"--out {file}: stack {stack.name} lists no modalities, so there is no sheet to write")
        text = as_text(found)
    else:
        text = page(stack, _terraform(), today, answers, lines)
    hand_out(text, file)
    print(file)
    return OK


def _terraform() -> "Terraform | None":
    from dicom_cdk.plan import terraform

    if any(importlib.util.find_spec(name) is None for name in ("grpc", "msgpack")):
        return None
    try:
        return terraform.find()
    except terraform.TerraformMissing:
        return None
