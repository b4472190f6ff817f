"""The vendor's APIs on loopback, once a module; each test finds an account in which all is well."""

from collections.abc import Iterator

import pytest

from dicom_cdk.account import asking
from tests.account import market
from tests.account.vendor import KEYS, Vendor, vendor


@pytest.fixture(scope="module")
def running() -> Iterator[Vendor]:
    with vendor({}) as found:
        yield found


@pytest.fixture
def cloud(running: Vendor, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """What the commands ask, with the key in the environment."""
    running.forget()
    running.answers = market.good()
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ALIBABA_CLOUD_SECURITY_TOKEN", raising=False)
    monkeypatch.setattr(asking, "by_network", running.connect)
    return running
