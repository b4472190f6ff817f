"""`dicom-cdk check`: which stacks and plans, which report, which exit code."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dicom_cdk.plan.reading.written_json import read_document
from dicom_cdk.plan.stack import FILE, NotAStack, hand_out
from dicom_cdk.policy import catalogue, document, planned, reports
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.gate import judge
from dicom_cdk.text_files import text_of

OK, FINDINGS = 0, 1


def run(
    folders: Sequence[Path],
    *,
    plan: Path | None,
    format: str,
    output: Path | None,
    also: Sequence[tuple[str, Path]] = (),
    list_waivers: bool,
    today: datetime.date,
    policies: Sequence[Path],
) -> int:
    """Judge and report; `also`: in these forms into these files too. Raises NotAStack, PolicyError, WaiverError, CannotWrite."""
    documents = _documents(folders, plan)
    judgement = judge(documents, catalogue.load(tuple(policies)), today)
    for form, file in also:
        hand_out(reports.FORMATS[form](judgement), file)
    text = reports.waivers(judgement) if list_waivers else reports.FORMATS[format](judgement)
    if output is None and format == "text":
        reports.to_terminal(text)
    else:
        hand_out(text, output)
    return FINDINGS if judgement.of("failed") else OK


def _documents(folders: Sequence[Path], plan: Path | None) -> list[Document]:
    if plan is not None:
        return _plans(plan, {folder.resolve().name: folder for folder in folders})
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    return [document.read(folder) for folder in folders]


def _plans(file: Path, folders: dict[str, Path]) -> list[Document]:
    """One plan, or several by the names of their stacks, as `dicom-cdk plan --json` writes them."""
    try:
        found: Any = read_document(text_of(file))
    except OSError as error:
        raise NotAStack(f"{file}: {error.strerror}; name what `dicom-cdk plan --json` wrote") from None
    except ValueError as error:
        raise NotAStack(f"{file}: not JSON: {error}; name what `dicom-cdk plan --json` wrote") from None
    if not isinstance(found, dict):
        raise NotAStack(
            f"{file}: no plan: got {type(found).__name__}, allowed is a map; name what `dicom-cdk plan --json` wrote"
        )
    if "planned_values" in found or "resource_changes" in found:
        if len(folders) > 1:
            raise NotAStack(f"{file}: one plan, and {len(folders)} stacks; name its stack by --stack-dir")
        name, folder = next(iter(folders.items()), (file.stem, None))
        return [planned.of_plan(found, name, file, _stack(folder))]
    if not found or not all(isinstance(one, dict) for one in found.values()):
        raise NotAStack(f"{file}: no plan: it has no planned_values; name what `dicom-cdk plan --json` wrote")
    return [planned.of_plan(one, name, file, _stack(folders.get(name))) for name, one in sorted(found.items())]


def _stack(folder: Path | None) -> Document | None:
    """The cdk.tf.json to lay a plan over; without it, what only that file has is not judged."""
    return document.read(folder) if folder is not None and (folder / FILE).exists() else None
