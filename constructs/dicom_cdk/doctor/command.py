"""`dicom-cdk doctor`: lines or JSON, and whether something that must be there is not."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from dicom_cdk.doctor import account, login, machine
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import by_hand
from dicom_cdk.preflight.command import asked

OK, LACKS = 0, 1
STYLES = {"ok": "green", "lacks": "bold red", "look": "yellow", "unasked": "bold red"}


def run(folders: Sequence[Path], *, asks: bool, as_json: bool, asks_login: bool = False) -> int:
    """Look at the machine and, for each stack, at what its account needs; `asks` the account too, and the provider of its login.

    Raises NotAStack.
    """
    found = list(_findings([Stack.read(folder) for folder in folders], asks, asks_login))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        for one in found:
            said = f": {one.said}" if one.said else ""
            console.print(f"[{STYLES[one.verdict]}]{one.verdict:7}[/] {one.area}: {escape(one.name + said)}")
            if one.do and one.verdict != "ok":
                console.print(f"        {escape(one.do)}")
    return LACKS if any(one.verdict in ("lacks", "unasked") for one in found) else OK


def _findings(stacks: Sequence[Stack], asks: bool, asks_login: bool) -> Iterator[Finding]:
    yield from machine.findings()
    if not stacks:
        yield Finding(
            "account", "stacks", "look", "none synthesized, so nothing is known of what the account needs", "make synth"
        )
    for stack in stacks:
        target = Target(stack)
        if asks:
            yield from asked(target)
        else:
            yield from account.findings(stack)
            yield from by_hand.findings(target)
        yield from login.findings(stack, asks=asks_login)
