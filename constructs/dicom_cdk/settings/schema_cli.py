"""`dicom-cdk schema`: the JSON Schema of a site file."""

import argparse

OK = 0
HELP = "print the JSON Schema of a site file"
DESCRIPTION = ""


def add_words(parser: argparse.ArgumentParser) -> None:
    """It has none."""


def run(_: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.settings.schema import schema_text

    print(schema_text(), end="")
    return OK
