"""`dicom-cdk synth`: its words, and which sites go where."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_cdk.synth import Stack

OK = 0
HELP = "turn site files into Terraform JSON"
DESCRIPTION = "Synthesize site files; all of sites/ where none is named. Writes nothing if any setting is refused."


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("file", nargs="*", type=Path, metavar="FILE", help="site files, or folders of them")
    parser.add_argument(
        "--site", action="append", default=[], type=Path, metavar="FILE", help="the same as FILE; may be repeated"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder (default: cdktf.out)")
    parser.add_argument("-v", "--verbose", action="store_true", help="progress and the size of every payload")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.settings.loader import load_sites

    sites = load_sites([*options.file, *options.site] or [Path("sites")])
    from dicom_cdk.synth import synthesize

    # The cdktf command line says by CDKTF_OUTDIR where it looks for the result.
    by_cdktf = os.environ.get("CDKTF_OUTDIR")
    out = options.out or Path(by_cdktf or "cdktf.out")

    def say(line: str) -> None:
        if options.verbose:
            print(line, file=sys.stderr, flush=True)

    stacks = synthesize(sites, out, say)
    if options.verbose:
        _print_payloads(stacks)
    for stack in stacks:
        print(f"{stack.name}: {stack.resources} resources in {stack.file}")
    from dicom_cdk.settings.warnings import warnings

    for site in sites:
        for line in warnings(site):
            print(f"warning: {site.name}: {line}", file=sys.stderr)
    if not by_cdktf:
        for site in sites:
            if site.state.backend == "local":
                print(
                    f"warning: {site.name}: Terraform's state will be a local file with secrets in it; "
                    "fine for one person, else set state.backend: oss",
                    file=sys.stderr,
                )
    return OK


def _print_payloads(stacks: Sequence["Stack"]) -> None:
    import json

    from dicom_cdk.payload import budget, unpack

    for stack in stacks:
        for line in budget.report(unpack.usages(json.loads(stack.file.read_text()))):
            print(f"{stack.name}: {line}", file=sys.stderr)
