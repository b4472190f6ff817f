"""`dicom-cdk check`: its words; the work is in command.py, imported only when asked for."""

import argparse
import datetime
from pathlib import Path

from dicom_cdk import words

HELP = "judge stacks by the policies"
DESCRIPTION = (
    "Checkov's policies and ours (docs/policies.md) over Terraform JSON and the files inside it, offline. "
    "Exit codes: 0 nothing failed, 1 findings, 2 a stack, policy or waiver that cannot be judged."
)

FORMS = ("text", "json", "sarif", "junit", "markdown")


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="judge a plan (dicom-cdk plan --json), laid over its stack's cdk.tf.json",
    )
    words.add_format(parser, *FORMS)
    words.add_output(parser)
    words.add_also(parser, *FORMS)
    parser.add_argument("--waivers", action="store_true", help="list the waivers instead of the findings")
    words.add_today(parser)
    parser.add_argument(
        "--policies", action="append", type=Path, default=[], metavar="DIR", help="also policies of this folder"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("policy", "checkov"):
        return words.MISSING
    from dicom_cdk.policy import command

    return command.run(
        (options.stack_dir or []) if options.plan else words.stack_folders(options),
        plan=options.plan,
        format=options.format,
        output=options.output,
        also=options.also,
        list_waivers=options.waivers,
        today=options.today or datetime.date.today(),
        policies=options.policies,
    )
