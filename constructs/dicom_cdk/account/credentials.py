"""The AccessKey of the environment."""

from collections.abc import Mapping
from dataclasses import dataclass

ID, SECRET, TOKEN = "ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"


@dataclass(frozen=True, repr=False)
class Credentials:
    """An AccessKey; with a security token where it is a temporary one."""

    key_id: str
    secret: str
    token: str = ""

    def masked(self, text: str) -> str:
        """The text without any of it, which an error of the cloud may repeat."""
        for part in (self.secret, self.token, self.key_id):
            text = text.replace(part, "…") if part else text
        return text


def from_environment(environment: Mapping[str, str]) -> Credentials | None:
    """None where one of the two variables is missing."""
    key_id, secret, token = (environment.get(name, "").strip() for name in (ID, SECRET, TOKEN))
    return Credentials(key_id, secret, token) if key_id and secret else None
