"""`dicom-cdk plan`: which stacks, what is said, what is written, which exit code."""

import json
from collections.abc import Sequence
from pathlib import Path

from dicom_cdk.markdown import visible
from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.planning import Base, Detail, Planned, plan_offline
from dicom_cdk.plan.real import plan_real
from dicom_cdk.plan.stack import FILE, NotAStack, Stack, hand_out

OK, REFUSED = 0, 1


def run(
    folders: Sequence[Path],
    *,
    provider: str,
    base: Path | None,
    output: Path | None,
    answers: Path | None,
    replaced: Sequence[str] = (),
) -> int:
    """Plan every stack of `folders`. Raises NotAStack, TerraformMissing, ProviderMissing, AnswersError."""
    if replaced and (base is None or provider == "real" or len(folders) != 1):
        raise NotAStack(
            "--replace: needs --from, since else all is new, the offline provider, and one stack (--stack-dir)"
        )
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    stacks = [Stack.read(folder) for folder in folders]
    program = terraform.find()
    detail = Detail.WHOLE if output is not None else Detail.SUMMARY
    outcomes = []
    for stack in stacks:
        if provider == "real":
            planned = plan_real(stack, program)
        else:
            before = _before(base, stack, len(stacks))
            there = Base(before, replaced=replaced) if before else None
            planned = plan_offline(stack, program, there, answers=answers, detail=detail)
        outcomes.append(planned)
        for line in summary.lines(planned):
            print(visible(line, keep="\t"))
    if output is not None:
        _write(outcomes, output)
    return REFUSED if any(planned.plan is None for planned in outcomes) else OK


def _before(base: Path | None, stack: Stack, stacks: int) -> Stack | None:
    """The stack of the same name in `base`: a stack's folder, or one with stacks/NAME below."""
    if base is None:
        return None
    inner = base / "stacks" / stack.name
    if inner.is_dir():
        return Stack.read(inner)
    if stacks == 1 and (base / FILE).exists():
        return Stack.read(base)
    raise NotAStack(f"{base}: holds neither {FILE} nor stacks/{stack.name}; name a folder that synth wrote")


def _write(outcomes: Sequence[Planned], output: Path) -> None:
    """Redacted plan JSON: of one stack itself, of several by name."""
    plans = {planned.stack.name: planned.plan for planned in outcomes}
    document = next(iter(plans.values())) if len(plans) == 1 else plans
    hand_out(json.dumps(document, indent=2, sort_keys=True) + "\n", output)
