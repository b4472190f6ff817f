"""Calls with the sockets of a network namespace: a thread goes into it, and ends there."""

import ctypes
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def inside(namespace: Path, call: Callable[[], Result]) -> Result:
    """What `call` gives, or raises, in a thread whose sockets are of the namespace that the file stands for.

    Needs root. Raises OSError where the namespace is gone.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            descriptor = os.open(namespace, os.O_RDONLY)
            try:
                if ctypes.CDLL(None, use_errno=True).setns(descriptor, 0):
                    raise OSError(ctypes.get_errno(), "setns")
            finally:
                os.close(descriptor)
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
