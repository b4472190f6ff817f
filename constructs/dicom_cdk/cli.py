"""The command line: parse, call, print. Every command's work is in its own room and imported only when asked for.

Exit codes: 0 done, 1 refused or findings, 2 wrong usage or settings, 69 something needed is missing, 70 our own bug.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dicom_cdk import __version__

if TYPE_CHECKING:
    from dicom_cdk.synth import Stack

OK, WRONG_USAGE, MISSING, OWN_BUG = 0, 2, 69, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except KeyboardInterrupt:
        print("dicom-cdk: interrupted; what was there before is unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    kind = type(error)
    code = EXIT_CODES.get(f"{kind.__module__}.{kind.__qualname__}")
    if code is not None:
        print(str(error), file=sys.stderr)
        return code
    import traceback

    traceback.print_exception(error)
    print(
        f"dicom-cdk {__version__}: this is a bug of dicom-cdk, not of your site. "
        "Please report it with the lines above and the site file (without names you want to keep).",
        file=sys.stderr,
    )
    return OWN_BUG


# By name, so that no command imports what only another one raises.
EXIT_CODES = {
    "dicom_cdk.node.NodeMissing": MISSING,
    "dicom_cdk.settings.errors.SettingsError": WRONG_USAGE,
    "dicom_cdk.payload.errors.PayloadError": WRONG_USAGE,
    "dicom_cdk.offline.answers.AnswersError": WRONG_USAGE,
    "dicom_cdk.offline.mirror.NotEmpty": WRONG_USAGE,
    "dicom_cdk.plan.planning.ProviderMissing": MISSING,
    "dicom_cdk.plan.stack.CannotWrite": WRONG_USAGE,
    "dicom_cdk.plan.stack.NotAStack": WRONG_USAGE,
    "dicom_cdk.plan.terraform.TerraformMissing": MISSING,
    "dicom_cdk.rehearsal.site.NotAStack": WRONG_USAGE,
    "dicom_cdk.rehearsal.command.WrongRooms": WRONG_USAGE,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dicom-cdk",
        description="One YAML file per site becomes the Terraform of a complete DICOM service on Alibaba Cloud.",
    )
    parser.add_argument("--version", action="version", version=f"dicom-cdk {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    synth = commands.add_parser(
        "synth",
        help="turn site files into Terraform JSON",
        description="Synthesize site files; all of sites/ without --site. Writes nothing if any setting is refused.",
    )
    synth.add_argument("--site", action="append", type=Path, metavar="FILE", help="a site file; may be repeated")
    synth.add_argument("--out", type=Path, metavar="DIR", help="output folder (default: cdktf.out)")
    synth.add_argument("-v", "--verbose", action="store_true", help="progress and the size of every payload")
    synth.set_defaults(run=_synth)

    plan = commands.add_parser(
        "plan",
        help="validate and plan a stack, offline",
        description="Terraform's own validate and plan of synthesized stacks against the offline provider: no network, no account. "
        "Values that may be secret are redacted. Exit codes: 0 planned, 1 refused by validate or plan.",
    )
    _add_stacks(plan)
    plan.add_argument(
        "--provider",
        choices=("offline", "real"),
        default="offline",
        help="the real provider must be installed (default: offline)",
    )
    plan.add_argument(
        "--from", dest="base", type=Path, metavar="DIR", help="plan against what this synth would have made"
    )
    plan.add_argument("--json", type=Path, metavar="FILE", help="write the redacted plan JSON")
    plan.add_argument(
        "--answers", type=Path, metavar="FILE", help="canned answers to data sources (docs/offline-plan.md)"
    )
    plan.set_defaults(run=_plan)

    provider = commands.add_parser("provider", help="the offline provider for a Terraform that you start")
    ways = provider.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serve = ways.add_parser(
        "serve",
        help="serve it for TF_REATTACH_PROVIDERS",
        description="Serves aliyun/alicloud, random, tls and time; prints one line, the value for TF_REATTACH_PROVIDERS, "
        "and goes on until standard input closes or it is terminated.",
    )
    serve.add_argument(
        "--apply", action="store_true", help="let apply end well, with made-up answers; nothing is created"
    )
    serve.add_argument(
        "--answers", type=Path, metavar="FILE", help="canned answers to data sources (docs/offline-plan.md)"
    )
    serve.set_defaults(run=_serve)
    install = ways.add_parser(
        "install",
        help="write it as a filesystem mirror",
        description="For tools that cannot reattach: plug-ins in a filesystem mirror, and the settings file to name in "
        "TF_CLI_CONFIG_FILE. Set DICOM_CDK_OFFLINE_APPLY=1 to let them apply with made-up answers.",
    )
    install.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    install.set_defaults(run=_install)

    rehearse = commands.add_parser(
        "rehearse",
        help="run the very files that go to the hosts, here, against real servers",
        description="First boot to ready of a synthesized stack, on this machine, offline: user data and host steps as they are in "
        "cdk.tf.json, real slapd, PostgreSQL, NGINX and a DICOMweb server in network namespaces. Needs root and the programs of "
        "tools/system-programs.sh. Exit codes: 0 all that could be run passed, 1 a check failed, 69 nothing could be run.",
    )
    rehearse.add_argument("room", nargs="*", metavar="ROOM", help="only these rooms and what they need (default: all)")
    _add_stacks(rehearse)
    rehearse.add_argument(
        "--faults", action="store_true", help="also kill, cut off, lose and break things, which takes its time"
    )
    rehearse.add_argument(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="with --faults: break scripts at every Nth program they start (1)",
    )
    rehearse.add_argument("-q", "--quiet", action="store_true", help="only what failed or was skipped, and the end")
    rehearse.set_defaults(run=_rehearse)

    schema = commands.add_parser("schema", help="print the JSON Schema of a site file")
    schema.set_defaults(run=_schema)
    return parser


def _synth(options: argparse.Namespace) -> int:
    from dicom_cdk.settings.loader import load_sites

    sites = load_sites(options.site or [Path("sites")])
    from dicom_cdk.synth import synthesize

    # The cdktf command line says by CDKTF_OUTDIR where it looks for the result.
    by_cdktf = os.environ.get("CDKTF_OUTDIR")
    out = options.out or Path(by_cdktf or "cdktf.out")

    def say(line: str) -> None:
        if options.verbose:
            print(line, file=sys.stderr, flush=True)

    stacks = synthesize(sites, out, say)
    if options.verbose:
        _print_payloads(stacks)
    for stack in stacks:
        print(f"{stack.name}: {stack.resources} resources in {stack.file}")
    if not by_cdktf:
        for site in sites:
            if site.state.backend == "local":
                print(
                    f"warning: {site.name}: Terraform's state will be a local file with secrets in it; "
                    "fine for one person, else set state.backend: oss",
                    file=sys.stderr,
                )
    return OK


def _print_payloads(stacks: Sequence["Stack"]) -> None:
    import json

    from dicom_cdk.payload import budget, unpack

    for stack in stacks:
        for line in budget.report(unpack.usages(json.loads(stack.file.read_text()))):
            print(f"{stack.name}: {line}", file=sys.stderr)


def _add_stacks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stack-dir",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder with cdk.tf.json, may be repeated (default: all of cdktf.out/stacks)",
    )


def _stacks(options: argparse.Namespace) -> list[Path]:
    return options.stack_dir or sorted(Path("cdktf.out/stacks").glob("*/"))


def _lacking(extra: str, *modules: str) -> bool:
    """Whether a module of an optional extra is missing; says so."""
    import importlib.util

    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        print(f"dicom-cdk: {', '.join(missing)} is not installed; install dicom-cdk[{extra}]", file=sys.stderr)
    return bool(missing)


def _serve(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.offline.serving import serve

    return serve(applies=options.apply, answers=options.answers)


def _install(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack", "cryptography"):
        return MISSING
    from dicom_cdk.offline.mirror import install

    settings = install(options.folder)
    print(f"TF_CLI_CONFIG_FILE={settings.resolve()}")
    return OK


def _plan(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.plan import command

    return command.run(
        _stacks(options), provider=options.provider, base=options.base, output=options.json, answers=options.answers
    )


def _rehearse(options: argparse.Namespace) -> int:
    try:
        from dicom_cdk.rehearsal import command
    except ModuleNotFoundError as missing:
        print(f"dicom-cdk: {missing.name} is not installed; install dicom-cdk[rehearse]", file=sys.stderr)
        return MISSING
    return command.run_all(
        _stacks(options), options.room, faults=options.faults, every=options.every, quiet=options.quiet
    )


def _schema(_: argparse.Namespace) -> int:
    from dicom_cdk.settings.schema import schema_text

    print(schema_text(), end="")
    return OK


if __name__ == "__main__":
    raise SystemExit(main())
