"""Words that several commands share, and what they say where a package is missing. Light: `--help` imports it."""

import argparse
import datetime
import sys
from collections.abc import Sequence
from pathlib import Path

MISSING = 69
"""Exit code: something that the command needs is not on this machine."""


def add_stacks(parser: argparse._ActionsContainer) -> None:
    """`--stack-dir`: which stacks."""
    parser.add_argument(
        "--stack-dir",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder with cdk.tf.json, may be repeated (default: all of cdktf.out/stacks)",
    )


def add_format(parser: argparse.ArgumentParser, *forms: str) -> None:
    """`--format`: one of these forms."""
    parser.add_argument("--format", choices=forms, default="text", help="form of the report (default: text)")


def add_also(parser: argparse.ArgumentParser, *forms: str) -> None:
    """`--also`: the same report in other forms, each in its file."""

    def named(text: str) -> tuple[str, Path]:
        form, _, file = text.partition("=")
        if form not in forms or not file:
            raise argparse.ArgumentTypeError(f"{text!r}; allowed is FORM=FILE, FORM one of {', '.join(forms)}")
        return form, Path(file)

    parser.add_argument(
        "--also",
        action="append",
        type=named,
        default=[],
        metavar="FORM=FILE",
        help="write the report in another form too, may be repeated",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """`--output`: where the report goes."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there instead of standard output")


def add_answers(parser: argparse.ArgumentParser) -> None:
    """`--answers`: of data sources."""
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="canned answers to data sources (docs/offline-plan.md)"
    )


def add_replace(parser: argparse.ArgumentParser) -> None:
    """`--replace`: as `terraform plan -replace`."""
    parser.add_argument(
        "--replace",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="make this resource anew in any case, may be repeated (terraform plan -replace)",
    )


def add_today(parser: argparse.ArgumentParser) -> None:
    """`--today`: for waivers."""
    parser.add_argument(
        "--today", type=_date, metavar="DATE", help="judge waivers as of this day, YYYY-MM-DD (default: today)"
    )


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; allowed is YYYY-MM-DD") from None


def stack_folders(options: argparse.Namespace) -> list[Path]:
    """Folders of the stacks that are meant: those named, else all of cdktf.out."""
    return options.stack_dir or sorted(Path("cdktf.out/stacks").glob("*/"))


def lacking(extra: str, *modules: str) -> bool:
    """Whether a module of an optional extra is missing; says so."""
    import importlib.util

    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        say_missing(missing, extra)
    return bool(missing)


def say_missing(modules: Sequence[str | None], extra: str) -> None:
    """Which packages are missing and how to get them, on standard error."""
    from dicom_cdk.shipped import how_to_get

    print(f"dicom-cdk: not installed: {', '.join(map(str, modules))}; {how_to_get(extra)}", file=sys.stderr)
