"""`dicom-cdk answers`: its words; the work is in skeleton.py, imported only when asked for."""

import argparse

from dicom_cdk import words

HELP = "write a file of answers for --answers"
DESCRIPTION = (
    "One entry for every data source of the stacks, with made-up values that fit the provider's schema. A plan takes the file as "
    "it is written; put in what the cloud would say where that matters."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    words.add_stacks(parser)
    words.add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.plan.answers import skeleton as answers_skeleton

    return answers_skeleton.run(words.stack_folders(options), output=options.output)
