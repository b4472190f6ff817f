"""`dicom-cdk handoff`: its words, and which sites are synthesized for it; the rest is in handoff/command.py."""

import argparse
import datetime
from pathlib import Path

from dicom_cdk import words

HELP = "everything in one folder, for a team without Python"
DESCRIPTION = (
    "Plain Terraform with backend and variable templates, plan, policies, runbook, deployer's RAM policies, report "
    "and checksums: a new folder DEST, and DEST.tar.gz beside it. Nothing is ever overwritten."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("dest", type=Path, metavar="DEST", help="a new or empty folder")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--site", action="append", type=Path, metavar="FILE", help="synthesize this site file; may be repeated"
    )
    words.add_stacks(which)
    words.add_answers(parser)
    words.add_today(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack"):
        return words.MISSING
    from dicom_cdk.handoff import command, folder

    today = options.today or datetime.date.today()
    if not options.site:
        return command.run(options.dest, words.stack_folders(options), answers=options.answers, today=today)
    import tempfile

    from dicom_cdk.settings.loader import load_sites
    from dicom_cdk.synth import synthesize

    folder.refuse_taken(options.dest)
    sites = load_sites(options.site)
    with tempfile.TemporaryDirectory(prefix="dicom-handoff-") as out:
        made = [stack.file.parent for stack in synthesize(sites, Path(out))]
        return command.run(options.dest, made, answers=options.answers, today=today)
