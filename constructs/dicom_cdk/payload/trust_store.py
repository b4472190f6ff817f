"""A Java key store of trusted certificates, as the archive's host makes it too: by the host's own program."""

import runpy
from typing import cast

from dicom_cdk import shipped


def java(pem: str, password: str) -> bytes:
    """The certificates of `pem` as JKS; the same certificates give the same bytes. `password` guards against changes only."""
    program = runpy.run_path(str(shipped.path("assets/tls/trust.py")))
    return cast(bytes, program["store"](program["certificates"](pem), password))
