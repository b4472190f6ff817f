"""`dicom-cdk doctor`: lines or JSON, and whether something that must be there is not."""

import datetime
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from dicom_cdk.doctor import account, certificate, machine, probes
from dicom_cdk.doctor.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.shipped import how_to_get

OK, LACKS = 0, 1
STYLES = {"ok": "green", "lacks": "bold red", "look": "yellow"}


def run(folders: Sequence[Path], *, asks: bool, as_json: bool) -> int:
    """Look at the machine and, for each stack, at what its account needs; `asks` the account too. Raises NotAStack."""
    found = list(_findings([Stack.read(folder) for folder in folders], asks))
    if as_json:
        print(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        for one in found:
            said = f": {one.said}" if one.said else ""
            console.print(f"[{STYLES[one.verdict]}]{one.verdict:5}[/] {one.area}: {escape(one.name + said)}")
            if one.do and one.verdict != "ok":
                console.print(f"      {escape(one.do)}")
    return LACKS if any(one.verdict == "lacks" for one in found) else OK


def _findings(stacks: Sequence[Stack], asks: bool) -> Iterator[Finding]:
    yield from machine.findings()
    if not stacks:
        yield Finding(
            "account", "stacks", "look", "none synthesized, so nothing is known of what the account needs", "make synth"
        )
    for stack in stacks:
        yield from account.findings(stack)
        for domain in of_stack(stack).of("alicloud_fcv3_custom_domain"):
            name = str(domain.get("custom_domain_name"))
            yield from certificate.findings(name, os.environ, datetime.datetime.now(datetime.UTC))
        if asks:
            yield from _asked(stack)


def _asked(stack: Stack) -> Iterator[Finding]:
    try:
        ask = probes.caller(os.environ)
    except ModuleNotFoundError:
        yield Finding("account", "calls", "lacks", "the vendor's client is not installed", how_to_get("doctor"))
        return
    if ask is None:
        yield Finding(
            "account", "credentials", "lacks", "ALIBABA_CLOUD_ACCESS_KEY_ID or ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set",
            "set both, of a user that may read",
        )  # fmt: skip
        return
    yield from probes.findings(stack, ask)
