"""`dicom-cdk login realm`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

HELP = "a realm for Keycloak 26 that does what the login of a site asks for"
DESCRIPTION = (
    "Prints JSON for Keycloak's administration (Create realm) or `kc.sh import --file`: the viewer as public client, audience, AE "
    "titles and roles as the site reads them; no users, no keys (docs/viewer.md). Exit codes: 0, 2 no site with a login at a realm."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("site", type=Path, metavar="SITE.yaml", help="the site that people log in to")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.login import command

    return command.print_realm(options.site)
