"""The files that the gateway's image is built from, for what a site asks of it: nothing more, login, viewer."""

import re
from dataclasses import dataclass

from dicom_cdk.payload.bundle import Bundle

ROOM = "gateway"
ALWAYS = ("15-dicom-gateway.sh.j2", "Dockerfile.j2", "default.conf.template.j2", "nginx.conf.j2")
LOGIN = ("login.conf.template", "login.js.template")
VIEWER = ("app-config.js.template", "viewer.conf.template", "viewer.server.template", "viewer.sh")


_COMMENT = re.compile(rb"^[ ]*(?:#(?!!)|//)[^\n]*\n|(?<=[;,{])[ ]+(?:#|//) [^\n]*$", re.MULTILINE)
"""A line of nothing else, or what ends a line, in shell, Dockerfile, NGINX or JavaScript."""
_INDENTED = re.compile(rb"^\s+", re.MULTILINE)
_ALIGNED = re.compile(rb"^(\S+)  +(?=\S)", re.MULTILINE)
"""What stands in columns, as in NGINX's maps."""


@dataclass(frozen=True)
class Edition:
    """What an image can do beside the gateway's work. Two sites of the same edition and bases have the same image."""

    login: bool = False
    """NGINX reads tokens; needs its JavaScript module, which the full base image has and -slim has not."""

    viewer: bool = False
    """It holds the viewer at /viewer, taken from a second base image; without `login` for who was let in before."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names in assets/gateway; what ends in .j2 is rendered without that ending."""
        return tuple(sorted((*ALWAYS, *(LOGIN if self.login else ()), *(VIEWER if self.viewer else ()))))

    def files(self, *beside: str) -> Bundle:
        """The rendered files, and `beside` them further ones of the room that are no part of the image (STEP)."""
        values = {"login": self.login, "viewer": self.viewer}
        made = Bundle.from_assets(ROOM, values, only=(*self.sources, *beside))
        if not self.viewer:
            return made
        # With what is for readers alone the files of all three are larger than a command may be.
        return Bundle.of(ROOM, {file.path: _bare(file.content) for file in made.files})


def _bare(text: bytes) -> bytes:
    """Without comments, indentation, empty lines and columns."""
    return _ALIGNED.sub(rb"\1 ", _INDENTED.sub(b"", _COMMENT.sub(b"", text)))


STEP = "image.sh.j2"
"""Builds the image on a host."""
PLAIN = Edition()
"""The gateway alone: signed requests only."""
