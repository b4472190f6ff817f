"""`dicom-cdk review`: its words; the work is in command.py, imported only when asked for."""

import argparse
import datetime
from pathlib import Path

from dicom_cdk import words

HELP = "what a change of two synthesized folders means"
DESCRIPTION = (
    "Compares two folders that synth wrote: what is made, changed, replaced and destroyed (by an offline plan of "
    "HEAD against BASE), files on hosts line by line, exposure, permissions, policies. Exit codes: 0; 1 no plan "
    "could be made; 3 data could be lost and no allow file says that it may."
)

FORMS = ("text", "json", "markdown", "html")


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "base", type=Path, metavar="BASE", help="folder before the change, such as cdktf.out of the main branch"
    )
    parser.add_argument("head", type=Path, metavar="HEAD", help="folder after the change")
    words.add_format(parser, *FORMS)
    words.add_output(parser)
    words.add_also(parser, *FORMS)
    parser.add_argument(
        "--allow",
        type=Path,
        metavar="FILE",
        help="YAML list of {address, reason}: data that may be destroyed or replaced",
    )
    words.add_replace(parser)
    words.add_answers(parser)
    words.add_today(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack"):
        return words.MISSING
    from dicom_cdk.review import command

    return command.run(
        options.base,
        options.head,
        format=options.format,
        allowed=options.allow,
        output=options.output,
        also=options.also,
        answers=options.answers,
        replaced=options.replace,
        today=options.today or datetime.date.today(),
    )
