"""`dicom-cdk provider diff`: its words; the work is in provider_diff.py."""

import argparse

from dicom_cdk import words

HELP = "what another release of the provider means for a stack"
DESCRIPTION = (
    "Makes each stack's state as one release of aliyun/alicloud would leave it, offline, and plans the same stack with another: "
    "what is refused, replaced or changed, which deprecations are new, which arguments went away. Exit codes: 0 nothing that "
    "exists is touched, 1 something is, or the stack is refused."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("old", metavar="OLD", help="the release that manages the stack now, such as 1.288.0")
    parser.add_argument("new", metavar="NEW", help="the release to change to")
    words.add_stacks(parser)
    words.add_answers(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack"):
        return words.MISSING
    from dicom_cdk.plan import provider_diff

    return provider_diff.run(options.old, options.new, words.stack_folders(options), answers=options.answers)
