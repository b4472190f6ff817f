"""What another release of the provider means for stacks: one stack, made with the old release and planned with the new one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dicom_cdk.markdown import visible
from dicom_cdk.offline.versions import news, whole
from dicom_cdk.offline.versions.store import store_of
from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules.resources import documents
from dicom_cdk.plan.planning import Base, Detail, Planned, plan_offline
from dicom_cdk.plan.stack import NotAStack, Stack

OK, TOUCHED = 0, 1
SET_HERE = " — set in this stack"


def run(old: str, new: str, folders: Sequence[Path], *, answers: Path | None) -> int:
    """Print what the change means for every stack. Raises UnknownRelease, NotAStack, TerraformMissing, AnswersError."""
    for release in (old, new):
        store_of(release)
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    stacks = [Stack.read(folder) for folder in folders]
    found = news.between(whole.held(old), whole.held(new), whole.rules())
    program, code = terraform.find(), OK
    for stack in stacks:
        before = plan_offline(stack, program, answers=answers, detail=Detail.SUMMARY, release=old)
        after = before
        if before.plan is not None:
            after = plan_offline(stack, program, Base(stack, old), answers=answers, release=new)
        for line in lines(stack, found, before, after):
            print(visible(line, keep="\t"))
        if after.plan is None or any(summary.action(one) for one in after.plan.get("resource_changes", [])):
            code = TOUCHED
    return code


def lines(stack: Stack, found: news.News, before: Planned, after: Planned) -> Iterator[str]:
    """What is to be said of one stack: its plan, then the news of its types."""
    head = f"{stack.name}: aliyun/alicloud {found.old} → {found.new}"
    if before.plan is None:
        yield f"{head}: the stack is refused by {found.old} already, so nothing can be compared"
        yield from _spoken(before)
        return
    if after.plan is None:
        yield f"{head}: refused by {found.new}"
    else:
        changes = [one for one in after.plan.get("resource_changes", []) if summary.action(one)]
        counted = summary.counted(changes) if changes else "nothing that exists is touched"
        yield f"{head}: {counted}"
        yield from (f"  {summary.told(one)}" for one in changes)
    known = {(one.summary, one.detail, one.where) for one in before.findings}
    yield from _spoken(after, known)
    yield from of_stack(stack, found)


def _spoken(planned: Planned, known: "set[tuple[str, str, str]] | frozenset[Any]" = frozenset()) -> Iterator[str]:
    new = [one for one in planned.findings if (one.summary, one.detail, one.where) not in known]
    # One of each resource of a type that is not there, and all of them at the type's line.
    yield from dict.fromkeys(f"  {'warning' if one.warning else 'error'}: {one.text}" for one in new)


def of_stack(stack: Stack, found: news.News) -> Iterator[str]:
    """The news of the types in use, each argument that the stack sets marked."""
    used = modules.types(stack)
    names = {*used["managed"], *(f"data.{name}" for name in used["data"]), "provider"}
    written = set(_written(stack))
    for heading in news.ORDER:
        mine = [line for line in found.parts.get(heading, ()) if _type(line) in names]
        if mine:
            yield f"  {heading}:"
            yield from (f"    {line}{SET_HERE if _argument(line) in written else ''}" for line in mine)


def _argument(line: str) -> str:
    """Type and top argument that a line is about, such as ``alicloud_vpc.cidr_block``."""
    words = line.partition(":")[0].partition(",")[0].partition(" ")[0].split(".")
    return ".".join(words[: 3 if words[0] == "data" else 2])


def _type(line: str) -> str:
    """The type that a line is about; a function's line names it last."""
    place = (
        line.rpartition(": ")[2]
        if line.startswith(("diff_suppress ", "state_func ", "set_func ", "customize_diff "))
        else line
    )
    argument = _argument(place)
    return ".".join(argument.split(".")[: 2 if argument.startswith("data.") else 1])


def _written(stack: Stack) -> Iterator[str]:
    """``type.argument`` of everything that the stack's documents set."""
    for document in documents(stack):
        for section, prefix in (("resource", ""), ("data", "data.")):
            for kind, named in (document.get(section) or {}).items():
                bodies = named.values() if isinstance(named, dict) else ()
                for body in bodies:
                    for one in body if isinstance(body, list) else [body]:
                        yield from (f"{prefix}{kind}.{key}" for key in one if isinstance(one, dict))
        for block in (document.get("provider") or {}).values():
            for one in block if isinstance(block, list) else [block]:
                yield from (f"provider.{key}" for key in one if isinstance(one, dict))
