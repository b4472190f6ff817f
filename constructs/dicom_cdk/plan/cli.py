"""`dicom-cdk plan`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

from dicom_cdk import words

HELP = "validate and plan a stack, offline"
DESCRIPTION = (
    "Terraform's own validate and plan of synthesized stacks against the offline provider: no network, no account. "
    "Values that may be secret are redacted. Exit codes: 0 planned, 1 refused by validate or plan."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    parser.add_argument(
        "--provider",
        choices=("offline", "real"),
        default="offline",
        help="the real provider must be installed (default: offline)",
    )
    parser.add_argument(
        "--from", dest="base", type=Path, metavar="DIR", help="plan against what this synth would have made"
    )
    words.add_replace(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the redacted plan JSON")
    words.add_answers(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack"):
        return words.MISSING
    from dicom_cdk.plan import command

    return command.run(
        words.stack_folders(options),
        provider=options.provider,
        base=options.base,
        output=options.json,
        answers=options.answers,
        replaced=options.replace,
    )
