"""For a pull request's comment: the short of it first, details folded."""

from collections.abc import Iterator
from itertools import groupby

from dicom_cdk.markdown import cell, code, plain
from dicom_cdk.policy.gate import Judgement
from dicom_cdk.policy.reports.text import counted, together


def markdown(judgement: Judgement) -> str:
    return "\n".join(_lines(judgement)) + "\n"


def _lines(judgement: Judgement) -> Iterator[str]:
    failed = judgement.of("failed")
    yield f"### Policies: {f'{len(failed)} failed' if failed else 'nothing failed'}"
    yield ""
    for stack, findings in judgement.by_stack():
        yield f"- **{plain(stack)}**: {counted(findings)}"
        yield from (f"  - not judged: {plain(text)}" for name, text in judgement.unseen if name == stack)
    if failed:
        yield ""
        yield "| | policy | resource |"
        yield "|---|---|---|"
        for one, addresses in together(
            sorted(failed, key=lambda one: (*one.order()[2:4], one.problems, one.stack, one.address))
        ):
            first = code(addresses[0]) + (f" and {len(addresses) - 1} more" if len(addresses) > 1 else "")
            yield f"| {one.policy.severity} | {one.policy.id}: {cell(one.policy.name)} | {first} |"
    for status, title in (("failed", "What is wrong, and the fix"), ("waived", "Waived"), ("not judged", "Not judged")):
        chosen = [one for one in judgement.findings if one.status == status]
        if not chosen:
            continue
        yield ""
        yield f"<details><summary>{title} ({len(chosen)})</summary>"
        yield ""
        for room, of_room in groupby(chosen, key=lambda one: (one.stack, one.room)):
            yield f"**{plain(room[0])}, {plain(room[1] or 'elsewhere')}**"
            yield ""
            for one, addresses in together(
                sorted(of_room, key=lambda one: (*one.order()[2:4], one.problems, one.address))
            ):
                named = ", ".join(map(code, addresses))
                yield f"- {one.policy.id} {cell(one.policy.name)}: {named} ({plain(one.file)}:{one.line})"
                yield from (f"  - {cell(problem)}" for problem in one.problems)
                if one.waiver:
                    yield f"  - until {one.waiver.expires}, approved by {cell(one.waiver.approved_by)}: {cell(one.waiver.reason)}"
                elif status == "failed":
                    yield f"  - fix: {cell(one.policy.fix)}"
            yield ""
        yield "</details>"
