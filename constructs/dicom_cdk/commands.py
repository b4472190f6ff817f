"""What each command does: hand its options to its room, imported only then; returns the exit code."""

import argparse
import datetime
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicom_cdk.synth import Stack

OK, MISSING = 0, 69


def synth(options: argparse.Namespace) -> int:
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
    from dicom_cdk.settings.warnings import warnings

    for site in sites:
        for line in warnings(site):
            print(f"warning: {site.name}: {line}", file=sys.stderr)
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


def _stacks(options: argparse.Namespace) -> list[Path]:
    return options.stack_dir or sorted(Path("cdktf.out/stacks").glob("*/"))


def _lacking(extra: str, *modules: str) -> bool:
    """Whether a module of an optional extra is missing; says so."""
    import importlib.util

    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        _say_missing(missing, extra)
    return bool(missing)


def _say_missing(modules: Sequence[str | None], extra: str) -> None:
    from dicom_cdk.shipped import how_to_get

    print(f"dicom-cdk: not installed: {', '.join(map(str, modules))}; {how_to_get(extra)}", file=sys.stderr)


def serve(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.offline.serving import serve

    return serve(applies=options.apply, answers=options.answers)


def install(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack", "cryptography"):
        return MISSING
    from dicom_cdk.offline.mirror import install

    settings = install(options.folder)
    print(f"TF_CLI_CONFIG_FILE={settings.resolve()}")
    return OK


def plan(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.plan import command

    return command.run(
        _stacks(options), provider=options.provider, base=options.base, output=options.json, answers=options.answers
    )


def check(options: argparse.Namespace) -> int:
    if _lacking("policy", "checkov"):
        return MISSING
    from dicom_cdk.policy import command

    return command.run(
        (options.stack_dir or []) if options.plan else _stacks(options),
        plan=options.plan,
        format=options.format,
        output=options.output,
        list_waivers=options.waivers,
        today=options.today or datetime.date.today(),
        policies=options.policies,
    )


def review(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.review import command

    return command.run(
        options.base,
        options.head,
        format=options.format,
        allowed=options.allow,
        output=options.output,
        answers=options.answers,
        today=options.today or datetime.date.today(),
    )


def drift(options: argparse.Namespace) -> int:
    from dicom_cdk.review import drift

    return drift.run(options.plan, format=options.format, output=options.output)


def report(options: argparse.Namespace) -> int:
    from dicom_cdk.report import command

    return command.run(
        _stacks(options), out=options.out, answers=options.answers, today=options.today or datetime.date.today()
    )


def handoff(options: argparse.Namespace) -> int:
    if _lacking("plan", "grpc", "msgpack"):
        return MISSING
    from dicom_cdk.handoff import command, folder

    today = options.today or datetime.date.today()
    if not options.site:
        return command.run(options.dest, _stacks(options), answers=options.answers, today=today)
    import tempfile

    from dicom_cdk.settings.loader import load_sites
    from dicom_cdk.synth import synthesize

    folder.refuse_taken(options.dest)
    sites = load_sites(options.site)
    with tempfile.TemporaryDirectory(prefix="dicom-handoff-") as out:
        made = [stack.file.parent for stack in synthesize(sites, Path(out))]
        return command.run(options.dest, made, answers=options.answers, today=today)


def rehearse(options: argparse.Namespace) -> int:
    try:
        from dicom_cdk.rehearsal import command
    except ModuleNotFoundError as missing:
        _say_missing([missing.name], "rehearse")
        return MISSING
    return command.run_all(
        _stacks(options), options.room, faults=options.faults, every=options.every, quiet=options.quiet
    )


def smoke(options: argparse.Namespace) -> int:
    if _lacking("smoke", "requests", "pydicom", "pynetdicom"):
        return MISSING
    from dicom_cdk.smoke import command

    return command.run(
        options.url,
        auth=options.auth,
        called=options.ae_title,
        calling=options.calling,
        dimse_peer=options.dimse,
        listen=options.listen,
        ca=options.ca,
        timeout=options.timeout,
        read_only=options.read_only,
        as_json=options.format == "json",
    )


def doctor(options: argparse.Namespace) -> int:
    from dicom_cdk.doctor import command

    return command.run(_stacks(options), asks=options.account, as_json=options.format == "json")


def schema(_: argparse.Namespace) -> int:
    from dicom_cdk.settings.schema import schema_text

    print(schema_text(), end="")
    return OK
