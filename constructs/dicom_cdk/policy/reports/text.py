"""For people: by stack and room, the worst first, each with its fix."""

from collections.abc import Iterator
from itertools import groupby

from dicom_cdk.markdown import visible
from dicom_cdk.policy.gate import Finding, Judgement

COLOURS = {"CRITICAL": "bold red", "HIGH": "red", "MEDIUM": "yellow", "LOW": "cyan"}


def text(judgement: Judgement) -> str:
    return "\n".join(map(visible, _lines(judgement))) + "\n"


def counted(findings: list[Finding]) -> str:
    """Such as: 377 judged, 2 failed, 1 waived."""
    by_status = {status: sum(one.status == status for one in findings) for status in ("failed", "waived", "not judged")}
    said = [f"{len(findings)} judged"] + [f"{count} {status}" for status, count in by_status.items() if count]
    return ", ".join(said if by_status["failed"] else [*said, "nothing failed"])


def together(findings: list[Finding]) -> Iterator[tuple[Finding, list[str]]]:
    """Findings that say the same of several resources, as one with all addresses."""
    for _, same in groupby(findings, key=lambda one: (one.policy.id, one.problems, one.waiver is not None)):
        group = list(same)
        yield group[0], [one.address for one in group]


def _lines(judgement: Judgement) -> Iterator[str]:
    for stack, findings in judgement.by_stack():
        for status, title in (("failed", ""), ("waived", "waived: "), ("not judged", "not judged: ")):
            chosen = [one for one in findings if one.status == status]
            for room, of_room in groupby(chosen, key=lambda one: one.room):
                yield f"{stack}, {title}{room or 'elsewhere'}"
                for one, addresses in together(
                    sorted(of_room, key=lambda one: (one.order()[2:4], one.problems, one.address))
                ):
                    yield f"  {one.policy.severity} {one.policy.id}: {one.policy.name}"
                    for address in addresses:
                        yield f"    {address}"
                    yield f"    made at {one.file}:{one.line}"
                    yield from (f"    - {problem}" for problem in one.problems)
                    if one.waiver:
                        yield f"    waived until {one.waiver.expires} by {one.waiver.approved_by}: {one.waiver.reason}"
                    elif status == "failed":
                        yield f"    fix: {one.policy.fix}"
                    elif not one.problems:
                        yield "    the plan does not show what it needs; give the stack's folder by --stack-dir"
        yield from (f"{stack}, not judged: {text}" for name, text in judgement.unseen if name == stack)
        yield f"{stack}: {counted(findings)}"


def waivers(judgement: Judgement) -> str:
    """Every waiver, the one that ends first on top."""
    found = [
        f"{one.expires or 'no date'}{' (expired)' if one.expired(judgement.today) else ''}  {one.stack}  {one.policy}  "
        f"{one.address}: {one.reason or 'no reason'} (approved by {one.approved_by or 'nobody'})"
        for one in sorted(judgement.waivers, key=lambda one: (str(one.expires), one.stack, one.address, one.policy))
    ]
    return "\n".join(map(visible, found or ["no waivers"])) + "\n"


def to_terminal(report: str) -> None:
    """With colours where a person looks; NO_COLOR is respected."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for line in report.splitlines():
        shown = Text(line)
        for severity, style in COLOURS.items():
            if line.startswith(f"  {severity} "):
                shown.stylize(style, 2, 2 + len(severity))
        console.print(shown)
