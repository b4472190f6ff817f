"""Writes docs/commands.md: every command with its options and exit codes, read from the parser (`make docs`)."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from dicom_cdk.cli import parser

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/commands.md"
HEAD = """<!-- Generated from the command line's parser by `make docs`; do not edit. -->

# Commands

`make synth` installs `.venv/bin/dicom-cdk`; the wheel installs the same command anywhere. Names, options and exit codes are stable.

Every command also ends with 2 for wrong usage, settings or files, 69 if something that it needs is missing on this machine,
and 70 for a bug of ours. Standard output holds the answer and nothing else. `NO_COLOR` is respected.
"""


def text() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_commands(parser(), "dicom-cdk")]).rstrip("\n") + "\n"


def main() -> int:
    TARGET.write_text(text())
    print(TARGET.relative_to(ROOT))
    return 0


def _commands(whole: argparse.ArgumentParser, name: str) -> Iterator[str]:
    for action in whole._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for command, found in sorted(action.choices.items()):
            inner = [one for one in found._actions if isinstance(one, argparse._SubParsersAction)]
            if inner:
                yield from _commands(found, f"{name} {command}")
                continue
            yield f"## `{name} {command}`"
            yield ""
            yield _plain(found.description or f"{helps[command][:1].upper()}{helps[command][1:]}.")
            yield ""
            rows = [one for one in found._actions if not isinstance(one, argparse._HelpAction)]
            if rows:
                yield "| option | does |"
                yield "| --- | --- |"
                yield from (f"| {_called(one)} | {_plain(one.help or '')} |" for one in rows)
                yield ""


def _called(action: argparse.Action) -> str:
    metavar = action.metavar or ("\\|".join(map(str, action.choices)) if action.choices else "")
    if not action.option_strings:
        return f"`{metavar}{' …' if action.nargs in ('*', '+') else ''}`"
    names = ", ".join(f"`{name}`" for name in action.option_strings)
    return f"{names} {metavar}".rstrip() if action.nargs != 0 else names


def _plain(said: str) -> str:
    return said.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    raise SystemExit(main())
