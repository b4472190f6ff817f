"""`dicom-cdk smoke`: its words; the work is in command.py, imported only when asked for."""

import argparse
from pathlib import Path

from dicom_cdk import words

HELP = "the guide's tests against a live service"
DESCRIPTION = (
    "Queries, stores one image of no patient (always the same, so that many runs leave one), retrieves and "
    "compares it, and tries what must be refused. Credentials come from the environment: ALIBABA_CLOUD_ACCESS_KEY_ID, "
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN for signed calls, DICOM_CDK_JWT for tokens, and tokens that "
    "must be refused in DICOM_CDK_JWT_EXPIRED, _OTHER_AUDIENCE, _OTHER_ISSUER and _READ_ONLY. "
    "Exit codes: 0 all passed, 1 a check failed."
)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Its options."""
    parser.add_argument(
        "url", metavar="URL", help="of the gateway or the filter, such as outputs gateway_url and dicomweb_url"
    )
    parser.add_argument(
        "--auth",
        choices=("signed", "jwt", "anonymous"),
        default="signed",
        help="how calls are let in (default: signed)",
    )
    parser.add_argument(
        "--ae-title", default="DCM4CHEE", metavar="AE", help="the archive's AE title (default: DCM4CHEE)"
    )
    parser.add_argument(
        "--dimse", metavar="HOST:PORT", help="also check the archive's DICOM port, from inside the network"
    )
    parser.add_argument("--calling", default="DICOMCDK", metavar="AE", help="AE title that calls (default: DICOMCDK)")
    parser.add_argument(
        "--listen",
        type=int,
        default=0,
        metavar="PORT",
        help="receive a C-MOVE here; the archive must know --calling there",
    )
    parser.add_argument(
        "--modalities",
        type=Path,
        metavar="DIR",
        help="also let the archive ask each modality that this stack's folder lists, by --console",
    )
    parser.add_argument(
        "--console",
        metavar="URL",
        default="http://localhost:8080",
        help="the archive's forwarded HTTP port (default: http://localhost:8080)",
    )
    parser.add_argument(
        "--denied-ae-title",
        metavar="AE",
        help="with --auth jwt: one of the site's AE titles that this token may not use",
    )
    parser.add_argument(
        "--origin",
        metavar="ORIGIN",
        help="with --auth jwt: where pages come from that may call, such as https://viewer.example.com",
    )
    parser.add_argument(
        "--viewer",
        action="store_true",
        help="with --auth jwt: also open the stored study in the viewer, in a headless Chromium (needs playwright)",
    )
    parser.add_argument(
        "--hl7",
        metavar="HOST:PORT",
        help="also send a patient and an order of nobody to the archive's HL7 port, from a listed partner's address",
    )
    parser.add_argument(
        "--hl7-from",
        default="DICOMCDK|SMOKE",
        metavar="APP|FACILITY",
        help="who sends, MSH-3 and MSH-4 (default: DICOMCDK|SMOKE)",
    )
    parser.add_argument(
        "--worklist",
        metavar="AE",
        help="AE title of the worklist (default: that of --ae-title; WORKLIST from 5.29.1 on)",
    )
    parser.add_argument(
        "--hl7-open", action="store_true", help="the site lists no HL7 partners: do not expect a refusal"
    )
    parser.add_argument("--read-only", action="store_true", help="store nothing")
    parser.add_argument("--ca", type=Path, metavar="FILE", help="certificate of a private issuer, PEM")
    parser.add_argument("--timeout", type=float, default=30, metavar="SECONDS", help="for each answer (default: 30)")
    words.add_format(parser, "text", "json")


def run(options: argparse.Namespace) -> int:
    """Returns the exit code."""
    if words.lacking("smoke", "requests", "pydicom", "pynetdicom"):
        return words.MISSING
    from dicom_cdk.smoke import command

    return command.run(
        options.url,
        auth=options.auth,
        called=options.ae_title,
        calling=options.calling,
        dimse_peer=options.dimse,
        listen=options.listen,
        modalities=options.modalities,
        console=options.console,
        hl7=command.Hl7Words(options.hl7, options.hl7_from, options.worklist or options.ae_title, options.hl7_open)
        if options.hl7
        else None,
        ca=options.ca,
        timeout=options.timeout,
        read_only=options.read_only,
        people=(options.denied_ae_title, options.origin),
        viewer=options.viewer,
        as_json=options.format == "json",
    )
