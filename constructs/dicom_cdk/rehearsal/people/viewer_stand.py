"""What people meet who open a study where the identity provider is our own stand-in, with keys of its own."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dicom_cdk.rehearsal.identity.identity_provider import IdentityProvider
from dicom_cdk.rehearsal.people.peoples_door import AUTHOR, PROVIDER, READER, STRANGER, PeoplesDoor
from dicom_cdk.rehearsal.stage import Stage


class ViewerStand(PeoplesDoor):
    """With a provider that lets in whoever gives a name, and makes any token that it is asked for."""

    def __init__(self, stage: Stage, files: Path, viewer: Path) -> None:
        super().__init__(stage, files, viewer)
        self.provider = self._provider()
        self.apply(self.provider.jwks)
        self.serve("provider", PROVIDER, urlsplit(self.issuer).port or 443, self.provider.handler())

    def _provider(self) -> IdentityProvider:
        function, readers = self.function, self.function["DICOM_LOGIN_READ_ROLES"].split("|")[:1]
        writers = function["DICOM_LOGIN_WRITE_ROLES"].split("|")[:1]

        def claims(titles: Sequence[str], roles: Sequence[str]) -> dict[str, Any]:
            said = ((function["DICOM_LOGIN_AE_CLAIM"], titles), (function["DICOM_LOGIN_ROLE_CLAIM"], roles))
            return {key: value for name, values in said if name for key, value in _nested(name, list(values)).items()}

        users = {
            READER: claims(self.titles, readers),
            AUTHOR: claims(self.titles, [*readers, *writers]),
            STRANGER: claims(["ELSEWHERE"], readers),
        }
        client = function["DICOM_LOGIN_CLIENT_ID"]
        return IdentityProvider(self.issuer, self.audience, client, f"https://{self.domain}", users)


def _nested(name: str, value: Any) -> dict[str, Any]:
    """A claim by its way with dots, such as realm_access.roles; by its whole name where that is an address."""
    if not re.fullmatch(r"\w+(\.\w+)+", name):
        return {name: value}
    first, _, rest = name.partition(".")
    return {first: _nested(rest, value)}
