"""`dicom-cdk init`: the first site file, asked for on a terminal, from options elsewhere."""

import argparse
from pathlib import Path

OK = 0
HELP = "write the first file of a site"
DESCRIPTION = (
    "A commented site file of six lines. On a terminal, what no option says is asked for; elsewhere --name, --account-id and "
    "--mail are needed. A file that exists is never overwritten."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="where to (default: sites/NAME.yaml)")
    parser.add_argument("--name", help="of the site: lower-case letters, digits and hyphens")
    parser.add_argument("--region", help="of the vendor (default: cn-shanghai)")
    parser.add_argument("--account-id", metavar="ID", help="of the Alibaba Cloud account: 16 digits")
    parser.add_argument("--mail", help="who gets the alarms")
    parser.add_argument("--domain", help="of the gateway (default: none, the function's own address, for trials only)")
    parser.add_argument(
        "--receive",
        choices=("cache", "direct"),
        help="where images go first: a folder that all archives share, or the bucket (default: cache; docs/storage.md)",
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    from dicom_cdk.settings.first_site import write_first_site

    given = {name: getattr(options, name) for name in ("name", "region", "account_id", "mail", "domain", "receive")}
    file = write_first_site(options.file, given)
    print(file)
    return OK
