"""The command line's words: every command, its options and help texts. Others' scripts rely on the names (design 8)."""

import argparse
import datetime
from pathlib import Path

from dicom_cdk import __version__
from dicom_cdk import commands as run


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="dicom-cdk",
        description="One YAML file per site becomes the Terraform of a complete DICOM service on Alibaba Cloud.",
    )
    whole.add_argument("--version", action="version", version=f"dicom-cdk {__version__}")
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)

    synth = commands.add_parser(
        "synth",
        help="turn site files into Terraform JSON",
        description="Synthesize site files; all of sites/ without --site. Writes nothing if any setting is refused.",
    )
    synth.add_argument("--site", action="append", type=Path, metavar="FILE", help="a site file; may be repeated")
    synth.add_argument("--out", type=Path, metavar="DIR", help="output folder (default: cdktf.out)")
    synth.add_argument("-v", "--verbose", action="store_true", help="progress and the size of every payload")
    synth.set_defaults(run=run.synth)

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
    _add_answers(plan)
    plan.set_defaults(run=run.plan)

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
    _add_answers(serve)
    serve.set_defaults(run=run.serve)
    install = ways.add_parser(
        "install",
        help="write it as a filesystem mirror",
        description="For tools that cannot reattach: plug-ins in a filesystem mirror, and the settings file to name in "
        "TF_CLI_CONFIG_FILE. Set DICOM_CDK_OFFLINE_APPLY=1 to let them apply with made-up answers.",
    )
    install.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    install.set_defaults(run=run.install)

    review = commands.add_parser(
        "review",
        help="what a change of two synthesized folders means",
        description="Compares two folders that synth wrote: what is made, changed, replaced and destroyed (by an offline plan of "
        "HEAD against BASE), files on hosts line by line, exposure, permissions, policies. Exit codes: 0; 1 no plan "
        "could be made; 3 data could be lost and no allow file says that it may.",
    )
    review.add_argument(
        "base", type=Path, metavar="BASE", help="folder before the change, such as cdktf.out of the main branch"
    )
    review.add_argument("head", type=Path, metavar="HEAD", help="folder after the change")
    _add_format(review, "text", "json", "markdown", "html")
    _add_output(review)
    review.add_argument(
        "--allow",
        type=Path,
        metavar="FILE",
        help="YAML list of {address, reason}: data that may be destroyed or replaced",
    )
    _add_answers(review)
    _add_today(review)
    review.set_defaults(run=run.review)

    drift = commands.add_parser(
        "drift",
        help="sort what a plan of unchanged files says",
        description="Reads a plan against the real cloud (terraform show -json): changed outside, would be changed, and apart from "
        "both the host steps that the vendor forgot after 30 days. Exit codes: 0 no drift, 1 drift.",
    )
    drift.add_argument("plan", type=Path, metavar="PLAN.json", help="terraform show -json of a plan")
    _add_format(drift, "text", "json", "markdown")
    _add_output(drift)
    drift.set_defaults(run=run.drift)

    report = commands.add_parser(
        "report",
        help="one page that shows what a stack is",
        description="Network and data flow, resources by guide step, apply order, plan, policies, ways in, files on hosts and a "
        "bill of quantities: one HTML page that fetches nothing.",
    )
    report.add_argument(
        "--stack-dir",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder with cdk.tf.json (default: the one of cdktf.out/stacks)",
    )
    report.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="FILE.html; FILE.svg and FILE.mmd are the diagram alone (default: STACK.html)",
    )
    _add_answers(report)
    _add_today(report)
    report.set_defaults(run=run.report)

    handoff = commands.add_parser(
        "handoff",
        help="everything in one folder, for a team without Python",
        description="Plain Terraform with backend and variable templates, plan, policies, runbook, deployer's RAM policies, report "
        "and checksums: a new folder DEST, and DEST.tar.gz beside it. Nothing is ever overwritten.",
    )
    handoff.add_argument("dest", type=Path, metavar="DEST", help="a new or empty folder")
    which = handoff.add_mutually_exclusive_group()
    which.add_argument(
        "--site", action="append", type=Path, metavar="FILE", help="synthesize this site file; may be repeated"
    )
    _add_stacks(which)
    _add_answers(handoff)
    _add_today(handoff)
    handoff.set_defaults(run=run.handoff)

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
    rehearse.set_defaults(run=run.rehearse)

    check = commands.add_parser(
        "check",
        help="judge stacks by the policies",
        description="Checkov's policies and ours (docs/policies.md) over Terraform JSON and the files inside it, offline. "
        "Exit codes: 0 nothing failed, 1 findings, 2 a stack, policy or waiver that cannot be judged.",
    )
    _add_stacks(check)
    check.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="judge a plan (dicom-cdk plan --json), laid over its stack's cdk.tf.json",
    )
    _add_format(check, "text", "json", "sarif", "junit", "markdown")
    _add_output(check)
    check.add_argument("--waivers", action="store_true", help="list the waivers instead of the findings")
    _add_today(check)
    check.add_argument(
        "--policies", action="append", type=Path, default=[], metavar="DIR", help="also policies of this folder"
    )
    check.set_defaults(run=run.check)

    smoke = commands.add_parser(
        "smoke",
        help="the guide's tests against a live service",
        description="Queries, stores one image of no patient (always the same, so that many runs leave one), retrieves and "
        "compares it, and tries what must be refused. Credentials come from the environment: ALIBABA_CLOUD_ACCESS_KEY_ID, "
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN for signed calls, DICOM_CDK_JWT for tokens. "
        "Exit codes: 0 all passed, 1 a check failed.",
    )
    smoke.add_argument("url", metavar="URL", help="of the gateway or the intranet balancer, such as output gateway_url")
    smoke.add_argument(
        "--auth",
        choices=("signed", "jwt", "anonymous"),
        default="signed",
        help="how calls are let in (default: signed)",
    )
    smoke.add_argument(
        "--ae-title", default="DCM4CHEE", metavar="AE", help="the archive's AE title (default: DCM4CHEE)"
    )
    smoke.add_argument(
        "--dimse", metavar="HOST:PORT", help="also check the archive's DICOM port, from inside the network"
    )
    smoke.add_argument("--calling", default="DICOMCDK", metavar="AE", help="AE title that calls (default: DICOMCDK)")
    smoke.add_argument(
        "--listen",
        type=int,
        default=0,
        metavar="PORT",
        help="receive a C-MOVE here; the archive must know --calling there",
    )
    smoke.add_argument("--read-only", action="store_true", help="store nothing")
    smoke.add_argument("--ca", type=Path, metavar="FILE", help="certificate of a private issuer, PEM")
    smoke.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="for each answer (default: 30)")
    _add_format(smoke, "text", "json")
    smoke.set_defaults(run=run.smoke)

    doctor = commands.add_parser(
        "doctor",
        help="what this machine, and an account, lack",
        description="Looks at tools and packages here, and at what the stacks ask of an account: services, quotas, ICP filing, "
        "certificate. Exit codes: 0 nothing lacks, 1 something does.",
    )
    _add_stacks(doctor)
    doctor.add_argument(
        "--account",
        action="store_true",
        help="ask the account too, with the AccessKey of the environment; reads only",
    )
    _add_format(doctor, "text", "json")
    doctor.set_defaults(run=run.doctor)

    schema = commands.add_parser("schema", help="print the JSON Schema of a site file")
    schema.set_defaults(run=run.schema)
    return whole


def _add_stacks(parser: argparse._ActionsContainer) -> None:
    parser.add_argument(
        "--stack-dir",
        action="append",
        type=Path,
        metavar="DIR",
        help="folder with cdk.tf.json, may be repeated (default: all of cdktf.out/stacks)",
    )


def _add_format(parser: argparse.ArgumentParser, *forms: str) -> None:
    parser.add_argument("--format", choices=forms, default="text", help="form of the report (default: text)")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there instead of standard output")


def _add_answers(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="canned answers to data sources (docs/offline-plan.md)"
    )


def _add_today(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--today", type=_date, metavar="DATE", help="judge waivers as of this day, YYYY-MM-DD (default: today)"
    )


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; allowed is YYYY-MM-DD") from None
