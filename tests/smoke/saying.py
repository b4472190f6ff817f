"""A client that asks nobody."""

from typing import cast

from dicom_cdk.smoke.client import Answer, Client


class _Saying:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def ask(self, *_: object, **__: object) -> Answer:
        return self._answer

    store = ask


def saying(answer: Answer) -> Client:
    """The same answer to everything."""
    return cast(Client, _Saying(answer))
