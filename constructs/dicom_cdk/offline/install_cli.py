"""`dicom-cdk provider install`: its words; the work is in mirror.py."""

import argparse
from pathlib import Path

from dicom_cdk import words

OK = 0
HELP = "write it as a filesystem mirror"
DESCRIPTION = (
    "For tools that cannot reattach: plug-ins in a filesystem mirror, and the settings file to name in "
    "TF_CLI_CONFIG_FILE. Set DICOM_CDK_OFFLINE_APPLY=1 to let them apply with made-up answers."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("plan", "grpc", "msgpack", "cryptography"):
        return words.MISSING
    from dicom_cdk.offline.mirror import install

    settings = install(options.folder)
    print(f"TF_CLI_CONFIG_FILE={settings.resolve()}")
    return OK
