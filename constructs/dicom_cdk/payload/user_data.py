"""User data of a host: one cloud-init document that puts bundles in place and starts the first script.

Bundles travel as xz in base64 rather than file by file in gzip: a third smaller, and the same bytes on every machine.
The document is readable by every process of the host and lies in the state: it holds no secret and needs no role
(facts: images 7.4, provider 3.1).
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from dicom_cdk.payload.budget import USER_DATA_LIMIT, Part, Usage
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.install import HOME, check_bundle, install_lines

FIRST_BOOT = f"{HOME}/first-boot.sh"
"""The script that cloud-init runs."""

UNPACK = "python3 -W ignore -c 'import sys,tarfile;tarfile.open(sys.argv[2]).extractall(sys.argv[1])'"


def archive_path(bundle: Bundle) -> str:
    """Where cloud-init writes the packed bundle."""
    return f"{HOME}/first-boot/{bundle.room}-{bundle.hash12}.tar.xz"


@dataclass(frozen=True)
class UserData:
    """`bundles`, as much of each as the first boot needs, are put in place in order, then `run` (``room/script.sh`` of one of
    them) is started once. `where` names the host in errors.
    """

    where: str
    bundles: tuple[Bundle, ...]
    run: str

    def __post_init__(self) -> None:
        room, _, script = self.run.partition("/")
        rooms = [bundle.room for bundle in self.bundles]
        if rooms.count(room) != 1 or len(set(rooms)) != len(rooms):
            raise ValueError(
                f"{self.where}: run is {self.run}, bundles are of {', '.join(rooms)}; allowed: one of each"
            )
        self._carried[rooms.index(room)].text(script)

    @cached_property
    def _carried(self) -> tuple[Bundle, ...]:
        return tuple(bundle.first_boot for bundle in self.bundles)

    @cached_property
    def script(self) -> str:
        """The first-boot script, POSIX shell."""
        installs = "".join(
            install_lines(bundle, f'{UNPACK} "$t" "${{DICOM_ROOT:-}}{archive_path(bundle)}"\n', "boot")
            for bundle in self._carried
        )
        room, _, script = self.run.partition("/")
        failed = f"first boot: {self.run} could not be put in place; the line above says why"
        return (
            f"#!/bin/sh\nset -eu\numask 022\ntrap 'echo \"{failed}\" >&2' EXIT\n{installs}"
            f'DICOM_ROOM={room} exec bash "${{DICOM_ROOT:-}}{HOME}/{room}/current/{script}"\n'
        )

    @cached_property
    def text(self) -> str:
        """The document."""
        return "".join(text for _, text in self._sections)

    @property
    def _sections(self) -> Sequence[tuple[str, str]]:
        script = "".join(f"      {line}\n" for line in self.script.splitlines())
        sections = [("frame", "#cloud-config\nwrite_files:\n")]
        for bundle in self._carried:
            packed = base64.b64encode(bundle.packed).decode()
            sections.append(
                (
                    f"bundle {bundle.room}",
                    f'  - path: {archive_path(bundle)}\n    encoding: b64\n    permissions: "0644"\n'
                    f"    content: {packed}\n",
                )
            )
        sections.append(
            ("first-boot script", f'  - path: {FIRST_BOOT}\n    permissions: "0755"\n    content: |\n{script}')
        )
        sections.append(("frame", f"runcmd:\n  - [sh, {FIRST_BOOT}]\n"))
        return sections

    def usage(self) -> Usage:
        """Bytes before encoding against the limit."""
        parts: dict[str, int] = {}
        for name, text in self._sections:
            parts[name] = parts.get(name, 0) + len(text.encode())
        return Usage(self.where, "user data", USER_DATA_LIMIT, tuple(Part(*part) for part in parts.items()))

    def check(self) -> Usage:
        """Refuses what is too large (TooLargeError) or holds a secret (SecretInTextError)."""
        for bundle in self._carried:
            check_bundle(bundle)
        return self.usage().check()


def user_data(where: str, bundles: Sequence[Bundle], run: str) -> str:
    """The checked document of UserData as text. Raises TooLargeError, SecretInTextError, MissingTemplateError."""
    document = UserData(where, tuple(bundles), run)
    document.check()
    return document.text
