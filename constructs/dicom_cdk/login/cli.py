"""`dicom-cdk login keys`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

HELP = "the public keys of an identity provider, for gateway.login.jwks"
DESCRIPTION = (
    "Reads the discovery document of ISSUER and the keys that it names, over HTTPS, and prints those that sign as YAML to paste "
    "(docs/viewer.md). Exit codes: 0, 1 keys are published that the site does not list, 2 wrong use or no such provider."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "issuer",
        metavar="ISSUER",
        nargs="?",
        help="address of the issuer; with --compare that of the site is the default",
    )
    parser.add_argument(
        "--compare",
        type=Path,
        metavar="SITE.yaml",
        help="tell instead whether this site lists every key that is published; a site without a login lacks none",
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.login import command

    return command.run(options.issuer, options.compare)
