"""Derives the facts of a release from a checkout of its source (`make provider-facts`; docs/provider-facts.md).

    python -m provider.derive 1.290.0 CHECKOUT                    lay the release beside the base
    python -m provider.derive 1.290.0 CHECKOUT --binary PROGRAM   the same, the schema from the provider itself
    python -m provider.derive 1.289.0 CHECKOUT --check FILE       compare with what is committed, write only FILE

Exit codes: 0 done, 1 refused or differs without a known reason, 69 a package is missing.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="provider.derive", description="Facts of a provider release from its source.")
    parser.add_argument("release")
    parser.add_argument("source", type=Path)
    parser.add_argument("--binary", type=Path, help="ask this provider for the schema")
    parser.add_argument("--check", type=Path, metavar="FILE", help="only compare; FILE gets the list of differences")
    parser.add_argument("--into", type=Path, metavar="DIR", help="the folder of the facts (default: provider)")
    options = parser.parse_args(arguments)
    try:
        import tree_sitter_go  # noqa: F401
    except ImportError:
        print("provider facts: tree-sitter is missing; run: make setup", file=sys.stderr)
        return 69
    from dicom_cdk.offline.versions.store import UnknownRelease
    from provider.derive import command
    from provider.derive.binary import NoAnswer
    from provider.derive.committed import PROVIDER, CannotAdd
    from provider.derive.golang import NotTheProvider

    try:
        if options.check:
            return command.check(options.release, options.source, options.check)
        return command.add(options.release, options.source, options.binary, options.into or PROVIDER)
    except (CannotAdd, NoAnswer, NotTheProvider, UnknownRelease) as refused:
        print(f"provider facts: {refused}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
