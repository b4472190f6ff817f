"""`dicom-cdk provider serve`: its words; the work is in serving.py."""

import argparse

from dicom_cdk import words

HELP = "serve it for TF_REATTACH_PROVIDERS"
DESCRIPTION = (
    "Serves aliyun/alicloud, random, tls, time, null and local; prints one line, the value for TF_REATTACH_PROVIDERS, "
    "and goes on until standard input closes or it is terminated."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "--apply", action="store_true", help="let apply end well, with made-up answers; nothing is created"
    )
    words.add_answers(parser)
    parser.add_argument(
        "--version",
        dest="release",
        metavar="RELEASE",
        help="of aliyun/alicloud, one of provider/ (default: the base; docs/provider-facts.md)",
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack"):
        return words.MISSING
    from dicom_cdk.offline.serving import serve
    from dicom_cdk.offline.store import BASE

    return serve(applies=options.apply, answers=options.answers, release=options.release or BASE)
