"""The files that the gateway's image is built from, for what a site asks of it: nothing more, login, viewer."""

from dataclasses import dataclass

from dicom_cdk.payload.bundle import Bundle

ROOM = "gateway"
ALWAYS = ("15-dicom-gateway.sh.j2", "Dockerfile.j2", "default.conf.template.j2", "nginx.conf.j2")
LOGIN = ("login.js.template",)


@dataclass(frozen=True)
class Edition:
    """What an image can do beside the gateway's work. Two sites of the same edition and bases have the same image."""

    login: bool = False
    """NGINX reads tokens; needs its JavaScript module, which the full base image has and -slim has not."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Names in assets/gateway; what ends in .j2 is rendered without that ending."""
        return tuple(sorted((*ALWAYS, *(LOGIN if self.login else ()))))

    def files(self, *beside: str) -> Bundle:
        """The rendered files, and `beside` them further ones of the room that are no part of the image."""
        values = {"login": self.login}
        return Bundle.from_assets(ROOM, values, only=(*self.sources, *beside))


PLAIN = Edition()
"""The gateway alone: signed requests only."""
