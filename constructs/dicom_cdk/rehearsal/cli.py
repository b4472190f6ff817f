"""`dicom-cdk rehearse`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

from dicom_cdk import words

HELP = "run the very files that go to the hosts, here, against real servers"
DESCRIPTION = (
    "First boot to ready of a synthesized stack, on this machine, offline: user data and host steps as they are in "
    "cdk.tf.json, real slapd, PostgreSQL, NGINX and a DICOMweb server in network namespaces. Needs root and the programs of "
    "tools/system-programs.sh. Exit codes: 0 all that could be run passed, 1 a check failed, 69 nothing could be run."
)
ROOMS = (
    "only these rooms and what they need (default: all but viewer, which needs make ohif, and upgrades, which every site "
    "with archive.upgrade_from has: the ways to later releases; of a drill's stack hosts and drill)"
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("room", nargs="*", metavar="ROOM", help=ROOMS)
    words.add_stacks(parser)
    parser.add_argument(
        "--faults", action="store_true", help="also kill, cut off, lose and break things, which takes its time"
    )
    parser.add_argument(
        "--every",
        type=int,
        default=3,
        metavar="N",
        help="with --faults: break scripts at every Nth program they start (3, eight minutes for all rooms; 1 is each of them)",
    )
    parser.add_argument(
        "--lines",
        type=Path,
        metavar="FILE",
        help="write what hosts and gateway wrote into the log stores of the last site there, for `report --lines`",
    )
    parser.add_argument(
        "--identity",
        choices=("own", "keycloak"),
        default="own",
        help="with room viewer: who lets people in, our own stand-in or Keycloak itself, after make keycloak (own)",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="only what failed or was skipped, and the end")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    try:
        from dicom_cdk.rehearsal import command
    except ModuleNotFoundError as missing:
        words.say_missing([missing.name], "rehearse")
        return words.MISSING
    return command.run_all(
        words.stack_folders(options),
        options.room,
        faults=options.faults,
        every=options.every,
        quiet=options.quiet,
        lines=options.lines,
        identity=options.identity,
    )
