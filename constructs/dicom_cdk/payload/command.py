"""A host step's command for Cloud Assistant: a small launcher and the packed bundle (design 6; facts: provider 3.2)."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from dicom_cdk.payload.budget import COMMAND_LIMIT, TOKEN_BYTES, Part, Usage
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.install import HOME, check_bundle, install_lines
from dicom_cdk.payload.secrets_scan import refuse_secrets

PARAMETER = "values"
"""The one parameter of a command: a JSON object, substituted by Cloud Assistant for `{{values}}`."""
UNPACK = (
    "python3 -W ignore -c 'import base64,io,sys,tarfile;"
    "tarfile.open(fileobj=io.BytesIO(base64.a85decode(sys.stdin.read().strip()))).extractall(sys.argv[1])'"
)
"""Ascii85 inside the command, which is base64 as a whole: 6 % smaller than base64 twice, and it knows no `{`. By Python, since a
host may have no xz; without warnings, since they differ between versions."""
MARGIN_SECONDS = 30
"""The step's own deadline ends this much before Cloud Assistant kills it, so that its message gets out."""


@dataclass(frozen=True)
class Command:
    """What runs `<entry>.sh` of `bundle` on a host. Static: values travel as the parameter."""

    bundle: Bundle
    entry: str
    timeout_seconds: int

    def __post_init__(self) -> None:
        self.bundle.text(f"{self.entry}.sh")
        if self.timeout_seconds <= MARGIN_SECONDS:
            raise ValueError(
                f"{self.bundle.room}/{self.entry}: timeout_seconds {self.timeout_seconds}, "
                f"allowed more than {MARGIN_SECONDS}"
            )
        if not re.fullmatch(r"[a-z0-9_-]+", self.bundle.room) or not re.fullmatch(r"[a-z0-9_-]+", self.entry):
            raise ValueError(f"{self.bundle.room}/{self.entry}: allowed are a-z, 0-9, - and _")

    @cached_property
    def text(self) -> str:
        """The launcher, POSIX shell (Cloud Assistant may run it by sh)."""
        room = self.bundle.room
        packed = f"{UNPACK} \"$t\" <<'BUNDLE'\n{self.bundle.ascii85}\nBUNDLE\n"
        return f"""\
#!/bin/sh
# dicom-cdk step {room}/{self.entry}
set -eu
umask 022
trap 'echo "{room}/{self.entry}: could not be put in place; the line above says why" >&2' EXIT
mkdir -p "${{DICOM_ROOT:-}}{HOME}/{room}"
exec 9>"${{DICOM_ROOT:-}}{HOME}/{room}/.lock"
if ! flock -w {min(300, self.timeout_seconds // 2)} 9; then
  echo '{room}: another step still runs on this host; try again when it has ended' >&2
  trap - EXIT
  exit 1
fi
{install_lines(self.bundle, packed, "step")}\
(umask 077; cat >"$d/.values.new") <<'VALUES'
{{{{{PARAMETER}}}}}
VALUES
mv -f "$d/.values.new" "$d/values.json"
export DICOM_ROOM={room} DICOM_SECONDS={self.timeout_seconds - MARGIN_SECONDS}
exec bash "$d/current/{self.entry}.sh"
"""

    @cached_property
    def content(self) -> str:
        """`text` in base64: the argument command_content."""
        return base64.b64encode(self.text.encode()).decode()

    @property
    def hash12(self) -> str:
        """Changes with anything that makes the vendor's command a new one: text and time limit."""
        return hashlib.sha256(f"{self.timeout_seconds}\n{self.text}".encode()).hexdigest()[:12]

    def usage(self, values: Mapping[str, object]) -> Usage:
        """Bytes of content and parameter against the limit."""
        packed = 4 * len(self.bundle.ascii85) // 3
        return Usage(
            where=f"{self.bundle.room}/{self.entry}",
            carrier="command",
            limit=COMMAND_LIMIT,
            parts=(
                Part("bundle", packed),
                Part("launcher", len(self.content) - packed),
                Part("values", parameter_bytes(values)),
            ),
        )

    def check(self, values: Mapping[str, object], sized_as: Mapping[str, object] | None = None) -> Usage:
        """Refuses what is too large (TooLargeError), holds a secret (SecretInTextError) or a parameter's sign (ValueError)."""
        where = f"values of {self.bundle.room}/{self.entry}"
        text = json.dumps(values, indent=0, default=str)
        check_bundle(self.bundle)
        refuse_secrets(text, where=where)
        if "{{" in text:
            raise ValueError(
                f"{where}: a value holds '{{{{', which Cloud Assistant would take for a parameter; change the value"
            )
        return self.usage({**values, **(sized_as or {})}).check()


def parameter_bytes(values: Mapping[str, object]) -> int:
    """Bytes of `values` as JSON in base64; a value that Terraform fills in counts TOKEN_BYTES."""
    text = json.dumps(values, default=str)
    known, tokens = re.subn(r"[$#]\{[^}]*\}|-1\.8881545897\d+e\+289", "", text)
    return 4 * (len(known.encode()) + tokens * TOKEN_BYTES) // 3
