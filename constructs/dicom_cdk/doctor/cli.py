"""`dicom-cdk doctor`: its words; the work is in command.py, imported only when asked for."""

import argparse

from dicom_cdk import words

HELP = "what this machine, and an account, lack"
DESCRIPTION = (
    "Looks at tools and packages here, and at what the stacks ask of an account: services, quotas, ICP filing, "
    "certificate. Exit codes: 0 nothing lacks, 1 something does."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    parser.add_argument(
        "--account",
        action="store_true",
        help="ask the account too, with the AccessKey of the environment; reads only",
    )
    parser.add_argument(
        "--login",
        action="store_true",
        help="ask the identity provider of each login which keys it signs with, and compare",
    )
    words.add_format(parser, "text", "json")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.doctor import command

    return command.run(
        words.stack_folders(options), asks=options.account, asks_login=options.login, as_json=options.format == "json"
    )
