"""`dicom-cdk cost`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

from dicom_cdk import words

HELP = "what a stack costs, or a change of it"
DESCRIPTION = (
    "The bill of quantities, priced by read-only calls with the AccessKey of the environment, or by a file of prices. Without "
    "either: quantities only. A price that nobody said is never made up. Exit codes: 0, 2 wrong use, 69 no price could be asked."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    parser.add_argument(
        "--base",
        type=Path,
        metavar="DIR",
        help="folder that synth wrote before the change: tells the difference as well",
    )
    parser.add_argument(
        "--prices", type=Path, metavar="FILE", help="prices from this file; nothing is asked without --save"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="ask, and write the prices there for --prices")
    words.add_format(parser, "text", "json", "markdown")
    words.add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    import datetime

    from dicom_cdk.cost import command

    return command.run(
        words.stack_folders(options),
        command.Wish(
            options.base, options.prices, options.save, options.format, options.output, whole=not options.stack_dir
        ),
        today=datetime.datetime.now(datetime.UTC).date(),
    )
