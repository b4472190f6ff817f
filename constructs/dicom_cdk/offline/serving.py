"""`dicom-cdk provider serve`: all four providers for any Terraform that the user starts."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from dicom_cdk.offline import answers as canned
from dicom_cdk.offline.server import reattach, serving
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import ADDRESSES
from dicom_cdk.offline.versions.store import store_of


class _Terminated(Exception):
    """SIGTERM: end as when standard input closes."""


def serve(*, applies: bool, answers: Path | None, release: str) -> int:
    """Print the value for TF_REATTACH_PROVIDERS, serve until standard input closes. Raises AnswersError and UnknownRelease.

    `release`: of aliyun/alicloud, whose facts are served.
    """
    store = store_of(release)
    known = canned.load(answers, store) if answers else canned.Answers()
    services = [Service(name, store, None, known, applies) for name in ADDRESSES]
    with _ending(), serving(services) as found:
        print(reattach(found), flush=True)
        while sys.stdin.read(4096):
            pass
    return 0


@contextmanager
def _ending() -> Iterator[None]:
    """SIGTERM ends the block, so that sockets are removed."""

    def terminated(_: int, __: FrameType | None) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    except _Terminated:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
