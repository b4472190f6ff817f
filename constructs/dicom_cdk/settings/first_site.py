"""The first file of a site: what must be said, asked for where somebody can answer, judged before it is written."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dicom_cdk.settings.errors import SettingsError
from dicom_cdk.settings.loader import load_site

QUESTIONS = {
    "name": "Name of the site (lower-case letters, digits, hyphens)",
    "region": "Region of the vendor",
    "account_id": "Account id (16 digits)",
    "mail": "Mail address for alarms",
    "domain": "Domain of the gateway (empty: none yet)",
    "receive": "Where images go first (cache: a shared folder, then the bucket; direct: the bucket at once)",
}
DEFAULTS = {"region": "cn-shanghai", "domain": "", "receive": "cache"}
TEXT = """\
# A site of dicom-cdk. Everything not written here is a safe default: docs/settings.md, or `dicom-cdk schema`.
name: {name} # names of resources begin with it; it cannot be changed later
region: {region} # where all of it will be
account_id: "{account_id}" # makes names that are unique in the world
{gateway}
storage: {{receive: {receive}}} # {receiving}
alarms: {{mail: {mail}}} # who is told when something is wrong
"""
WITH_DOMAIN = "gateway: {{domain: {domain}}} # where DICOMweb clients go; needs an ICP filing in mainland China"
WITHOUT_DOMAIN = "# gateway: {{domain: dicom.example.com}} # without one, the function's own address: for trials only"

RECEIVING = {
    "cache": "into a folder that all archives share, then the bucket: stores go on while it is away. Or direct: docs/storage.md",
    "direct": "into the bucket at once: while it is away, stores fail and devices send again. Or cache: docs/storage.md",
}


class InitError(Exception):
    """No site file was written, and why."""


def write_first_site(file: Path | None, given: Mapping[str, str | None]) -> Path:
    """Ask for what `given` (keys of QUESTIONS) lacks, judge it, write it. Raises InitError; nothing is overwritten."""
    values = {name: value for name, value in given.items() if value is not None}
    if file is not None:
        _refuse_taken(file)
    if sys.stdin.isatty():
        values = {name: values.get(name) or _asked(name) for name in QUESTIONS}
    values = {**DEFAULTS, **values}
    missing = [f"--{name.replace('_', '-')}" for name in QUESTIONS if name not in values]
    if missing:
        raise InitError(
            f"init: not said: {', '.join(missing)}; say it by options, or run init on a terminal to be asked"
        )
    if values["receive"] not in RECEIVING:
        raise InitError(
            f"init: receive: got {values['receive']!r}, allowed are {', '.join(RECEIVING)}; nothing written"
        )
    gateway = (WITH_DOMAIN if values["domain"] else WITHOUT_DOMAIN).format(**values)
    text = TEXT.format(**values, gateway=gateway, receiving=RECEIVING[values["receive"]])
    target = file or Path("sites") / f"{values['name']}.yaml"
    _judge(text, target)
    _refuse_taken(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x") as opened:
            opened.write(text)
    except OSError as error:
        raise InitError(f"{target}: cannot be written: {error.strerror}; name another FILE") from None
    return target


def _refuse_taken(file: Path) -> None:
    if file.exists():
        raise InitError(f"{file}: exists and is left as it is; name another FILE, or change it by hand")


def _asked(name: str) -> str:
    default = DEFAULTS.get(name)
    while True:
        try:
            said = input(f"{QUESTIONS[name]}{f' [{default}]' if default else ''}: ").strip()
        except EOFError:
            raise InitError("init: the questions were not answered to the end; nothing written") from None
        if said or default is not None:
            return said or str(default)


def _judge(text: str, target: Path) -> None:
    """As synth would, before anything is written; problems name the file that it would have been."""
    with tempfile.TemporaryDirectory(prefix="dicom-init-") as folder:
        written = Path(folder) / "site.yaml"
        written.write_text(text)
        try:
            load_site(written)
        except SettingsError as error:
            raise InitError(
                f"nothing written, the site would be refused:\n{str(error).replace(str(written), str(target))}"
            ) from None
