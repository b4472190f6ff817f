"""A filesystem mirror with the offline providers, for Terraform, OpenTofu and cdktf started by hand.

Versions end in `+offline`, so neither a person nor a lock file takes them for the real ones; Terraform lets them satisfy
`~> 1.289.0`, though not `1.289.0` itself.
"""

import platform
import shlex
import sys
from pathlib import Path

from dicom_cdk.offline.server import sources
from dicom_cdk.offline.store import VERSIONS

MARK = "offline"
SETTINGS = "terraform.rc"
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class NotEmpty(Exception):
    """The folder holds something that is not such a mirror."""


def install(folder: Path) -> Path:
    """Write the mirror into `folder` and return the settings file to name in TF_CLI_CONFIG_FILE. Raises NotEmpty.

    A mirror that is there already is brought up to date.
    """
    settings = folder / SETTINGS
    if folder.exists() and any(folder.iterdir()) and not settings.exists():
        raise NotEmpty(f"{folder}: is not empty and no mirror of ours; name a new or empty folder")
    mirror = (folder / "mirror").resolve()
    command = [sys.executable, "-m", "dicom_cdk.offline.plugin"]
    for provider, release in VERSIONS.items():
        version = f"{release}+{MARK}"
        for source in sources(provider):
            target = mirror / source / version / _system() / f"terraform-provider-{provider}_v{version}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(f"#!/bin/sh\nexec {shlex.join([*command, provider])}\n")
            target.chmod(0o755)
    settings.write_text(
        f'disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    )
    return settings


def _system() -> str:
    machine = platform.machine().lower()
    return f"{'darwin' if sys.platform == 'darwin' else 'linux'}_{_MACHINES.get(machine, machine)}"
