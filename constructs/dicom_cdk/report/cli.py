"""`dicom-cdk report`: its words; the work is in command.py, imported only when asked for."""

import argparse
import datetime
from pathlib import Path

from dicom_cdk import words

HELP = "one page that shows what a stack is"
DESCRIPTION = (
    "Network and data flow, resources by guide step, apply order, plan, policies, ways in, files on hosts and a "
    "bill of quantities: one HTML page that fetches nothing."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "--stack-dir",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder with cdk.tf.json (default: the one of cdktf.out/stacks)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="FILE.html; FILE.svg and FILE.mmd are the diagram alone, FILE.txt a sheet a listed modality "
        "(default: STACK.html)",
    )
    parser.add_argument(
        "--lines",
        type=Path,
        metavar="FILE",
        help="what the dashboard's preview shows, as `rehearse --lines` wrote it (default: a rehearsal of the default site)",
    )
    words.add_answers(parser)
    words.add_today(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.report import command

    return command.run(
        words.stack_folders(options),
        out=options.out,
        answers=options.answers,
        lines=options.lines,
        today=options.today or datetime.date.today(),
    )
