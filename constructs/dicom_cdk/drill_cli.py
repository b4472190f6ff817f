"""`dicom-cdk drill`: a stack that restores what a site's backups hold, beside the site."""

import argparse
import re
from pathlib import Path

OK = 0
HELP = "make the stack of a restore drill"
DESCRIPTION = (
    "Synthesize SITE-drill from a site file: the database cloned to a point in time, the directory from its backup, an archive "
    "without a way in, and a step that counts, compares and retrieves. The site's own stack is not touched (docs/recovery.md). "
    "With --region recovery SITE-drill-recovery, in recovery.region: from a dump and the copies there, as if the region were lost."
)
TIME = re.compile(r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


class WrongTime(Exception):
    """A point in time of another form, or where none can be had."""


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the site's file")
    parser.add_argument(
        "--to", metavar="TIME", help="point in time, UTC, such as 2026-11-29T12:00:00Z (default: Terraform asks)"
    )
    parser.add_argument(
        "--region",
        choices=("site", "recovery"),
        default="site",
        help="where it is restored: the site's own region, or recovery.region (default: site)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("drill.out"), metavar="DIR", help="output folder (default: drill.out)"
    )


def run(options: argparse.Namespace) -> int:
    """Returns the exit code. Raises WrongTime, DrillError and what synthesis raises."""
    if options.to is not None and not TIME.fullmatch(options.to):
        raise WrongTime(
            f"drill: --to is {options.to!r}, allowed is a point in time in UTC such as 2026-11-29T12:00:00Z"
        )
    elsewhere = options.region == "recovery"
    if elsewhere and options.to is not None:
        raise WrongTime(
            f"drill: --to is {options.to!r} with --region recovery, where no point in time can be had: RDS for PostgreSQL restores "
            "into no other region, and a dump a day is replicated; leave --to out for the newest, or name one of before that "
            "time to Terraform: -var database_dump=database-dump/20261129T170000Z"
        )
    from dicom_cdk.settings.loader import load_site

    site = load_site(options.file)
    from dicom_cdk.synth import synthesize_drill

    stack = synthesize_drill(site, options.out, restore_time=options.to, elsewhere=elsewhere)
    folder = stack.file.parent
    print(f"{stack.name}: {stack.resources} resources in {stack.file}")
    print(f"to drill:   terraform -chdir={folder} init && terraform -chdir={folder} apply")
    print(f"to destroy: terraform -chdir={folder} destroy")
    return OK
