"""`dicom-cdk completion`: a script for the shell, written from the parser."""

import argparse

OK = 0
HELP = "print the completion script of a shell"
DESCRIPTION = (
    "For example: dicom-cdk completion bash > ~/.local/share/bash-completion/completions/dicom-cdk; "
    "for zsh a file _dicom-cdk in a folder of $fpath."
)
SHELLS = ("bash", "zsh", "tcsh")


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    import shtab

    from dicom_cdk.cli import parser

    print(shtab.complete(parser(), shell=options.shell), end="")
    return OK
