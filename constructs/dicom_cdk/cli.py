"""The command line: parse, call, print. Every command's work is in its own room and imported only when asked for.

Exit codes: 0 done, 1 refused or findings, 2 wrong usage or settings, 69 something needed is missing, 70 our own bug.
"""

import argparse
import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from dicom_cdk import __version__, ending
from dicom_cdk.failures import WRONG_USAGE, told

OK = 0
COMMANDS = {
    "init": "dicom_cdk.settings.init_cli",
    "synth": "dicom_cdk.synth_cli",
    "plan": "dicom_cdk.plan.cli",
    "answers": "dicom_cdk.plan.answers.cli",
    "provider serve": "dicom_cdk.offline.serve_cli",
    "provider install": "dicom_cdk.offline.install_cli",
    "provider diff": "dicom_cdk.plan.provider_diff_cli",
    "review": "dicom_cdk.review.cli",
    "drift": "dicom_cdk.review.drift_cli",
    "report": "dicom_cdk.report.cli",
    "handoff": "dicom_cdk.handoff_cli",
    "rehearse": "dicom_cdk.rehearsal.cli",
    "check": "dicom_cdk.policy.cli",
    "drill": "dicom_cdk.drill_cli",
    "smoke": "dicom_cdk.smoke.cli",
    "doctor": "dicom_cdk.doctor.cli",
    "preflight": "dicom_cdk.preflight.cli",
    "cost": "dicom_cdk.cost.cli",
    "login keys": "dicom_cdk.login.cli",
    "login realm": "dicom_cdk.login.realm_cli",
    "schema": "dicom_cdk.settings.schema_cli",
    "completion": "dicom_cdk.completion_cli",
}
"""Command → module with HELP, DESCRIPTION, add_words and run; it imports nothing heavy before it runs."""
GROUPS = {
    "provider": "the offline provider for a Terraform that you start",
    "login": "the identity provider that people log in at",
}
"""First words of two, and what they are about."""
BEGIN = """Where to begin:
  dicom-cdk init              asks a few questions and writes sites/NAME.yaml
  dicom-cdk synth             turns sites/ into Terraform JSON in cdktf.out/
  dicom-cdk plan              plans it, offline
  dicom-cdk check             judges it by the policies
  dicom-cdk report            shows it on one page
All commands: dicom-cdk --help. One of them: dicom-cdk COMMAND --help."""


def parser(only: str = "") -> argparse.ArgumentParser:
    """All commands with their options, or `only` this one. Others' scripts rely on the names."""
    whole = argparse.ArgumentParser(
        prog="dicom-cdk",
        description="One YAML file per site becomes the Terraform of a complete DICOM service on Alibaba Cloud.",
        formatter_class=_Help,
    )
    whole.add_argument("--version", action="version", version=f"dicom-cdk {__version__}")
    # With its name said, nothing is formatted to find it out.
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", prog=whole.prog)
    groups = {"": commands}
    for name, module in ({only: COMMANDS[only]} if only else COMMANDS).items():
        first, _, last = name.rpartition(" ")
        if first not in groups:
            group = commands.add_parser(first, help=GROUPS[first], formatter_class=_Help)
            groups[first] = group.add_subparsers(title="commands", metavar="COMMAND", required=True, prog=group.prog)
        words = importlib.import_module(module)
        described = words.DESCRIPTION or None
        added = groups[first].add_parser(last, help=words.HELP, description=described, formatter_class=_Help)
        words.add_words(added)
        added.set_defaults(run=words.run)
    return whole


class _Help(argparse.HelpFormatter):
    """As wide as the terminal. Argparse makes one for every option, and would import shutil to ask: as long as argparse itself."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """As `shutil.get_terminal_size` has it."""
    with contextlib.suppress(KeyError, ValueError):
        if (said := int(os.environ["COLUMNS"])) > 0:
            return said
    with contextlib.suppress(AttributeError, ValueError, OSError):
        if (seen := os.get_terminal_size(sys.__stdout__.fileno()).columns) > 0:  # type: ignore[union-attr]
            return seen
    return 80


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    seldom_searched()
    if _no_folder():
        print("dicom-cdk: the folder that you are in is gone; go to one that is there", file=sys.stderr)
        return WRONG_USAGE
    given = sys.argv[1:] if arguments is None else list(arguments)
    # The words of the command that is meant are a seventh of all words.
    asked = next((name for name in COMMANDS if given[: len(name.split())] == name.split()), "")
    options = parser(asked).parse_args(given)
    if not hasattr(options, "run"):
        print(BEGIN)
        return OK
    try:
        with ending.heard():
            code: int = options.run(options)
        return code
    except ending.Ended as ended:
        print(f"dicom-cdk: ended by {ended.name}; what was there before is unchanged", file=sys.stderr)
        return ended.code
    except KeyboardInterrupt:
        print("dicom-cdk: interrupted; what was there before is unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        return told(error)


def _no_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def seldom_searched() -> None:
    """A command, a test and a measurement end before circles of objects are worth a search: a tenth of a command's time."""
    gc.set_threshold(100_000, 50, 100)


def program() -> NoReturn:
    """`dicom-cdk` as the system starts it: one command, and the end of the process."""
    try:
        raise SystemExit(main())
    finally:
        # Else all that is loaded is searched for garbage once more: a tenth of what a short command takes.
        gc.freeze()


if __name__ == "__main__":
    program()
