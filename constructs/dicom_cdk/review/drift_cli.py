"""`dicom-cdk drift`: its words; the work is in drift.py."""

import argparse
from pathlib import Path

from dicom_cdk import words

HELP = "sort what a plan of unchanged files says"
DESCRIPTION = (
    "Reads a plan against the real cloud (terraform show -json): changed outside, would be changed, and apart from "
    "both the host steps that the vendor forgot after 30 days. Exit codes: 0 no drift, 1 drift."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("plan", type=Path, metavar="PLAN.json", help="terraform show -json of a plan")
    words.add_format(parser, "text", "json", "markdown")
    words.add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.review import drift

    return drift.run(options.plan, format=options.format, output=options.output)
