"""`dicom-cdk preflight`: its words; the work is in command.py, imported only when asked for."""

import argparse

from dicom_cdk import words

HELP = "whether an apply would succeed in this account"
DESCRIPTION = (
    "Asks the account with read-only calls and the AccessKey of the environment: what is sold, free, activated, filed and "
    "allowed. Buys and changes nothing. Exit codes: 0 ready, 1 the apply would fail, 2 wrong use, 69 it cannot be asked."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    words.add_format(parser, "text", "json", "markdown")
    words.add_output(parser)
    parser.add_argument(
        "--deployer",
        action="store_true",
        help="the key is the one that will apply: ask what it lacks, too (sends the stack, without payloads, to ROS)",
    )
    parser.add_argument(
        "--policy",
        action="store_true",
        help="print the RAM policy that a key needs for this and for cost; nobody is asked",
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if options.policy:
        from dicom_cdk.preflight import command

        return command.print_policy(words.stack_folders(options), options.output)
    if words.lacking("doctor", "alibabacloud_tea_openapi"):
        return words.MISSING
    from dicom_cdk.preflight import command

    return command.run(
        words.stack_folders(options), form=options.format, output=options.output, deployer=options.deployer
    )
