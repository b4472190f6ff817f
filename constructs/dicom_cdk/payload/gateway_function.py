"""What the gateway's container gets, on Function Compute and as the filter on SAE: port and environment (guide 6.6;
assets/gateway/README.md).

NGINX's template has no defaults (facts: images 6.2), so every variable is always given.
"""

import re
from collections.abc import Sequence
from typing import Literal

from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.payload.gateway_image import PLAIN, Edition
from dicom_cdk.payload.login import NAMES, VIEWER_NAMES, Login

PORT = 8080
"""Where the container listens: above 1023, because it runs without root; the guide's 80 needs root."""

HEALTH_PATH = "/healthz"
"""Answered by NGINX itself with 200, not logged."""

HEALTHY = "ok"
"""What that answer holds."""
_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"


def environment(
    *,
    region: str,
    domain: str | None,
    ae_titles: Sequence[str],
    server_host: str,
    server_port: int = 8080,
    function_path: str = "",
    open_dimse: bool = False,
    body_limit_mb: int = 32,
    timeout_seconds: int = 300,
    scheme: str = "https",
    allowed_origins: Sequence[str] = (),
    side: Literal["internet", "intranet"] = "internet",
    edition: Edition = PLAIN,
    login: Login | None = None,
    signed_domain: str | None = None,
    viewer_upload: bool = False,
) -> dict[str, str]:
    """The container's environment variables, by name.

    `side`: whose clients come here, said in the log and in refusals. `domain`: with its port if that is not the scheme's own;
    None = the function's own address. `server_host`: address of the DICOMweb balancer, references allowed.
    `body_limit_mb` MiB. `allowed_origins`: https://HOST[:PORT] of pages that may read the gateway's own answers.
    `edition`: what its image can do. `login`: who may come with a token by other names than `signed_domain` and the function's
    own; None where nobody logs in.
    Raises PayloadError for an AE title, path or origin that NGINX would read as something else.
    """
    if not ae_titles:
        raise PayloadError(
            "gateway: no AE title; every request would be refused; give gateway.ae_titles or archive.ae_title"
        )
    for title in ae_titles:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,16}", title):
            raise PayloadError(
                f"gateway: AE title {title!r}, allowed: 1 to 16 of letters, digits, '_', '.', '-'; correct gateway.ae_titles"
            )
    for origin in allowed_origins:
        if not re.fullmatch(rf"https://{_LABEL}(\.{_LABEL})*(:[1-9][0-9]{{0,4}})?", origin):
            raise PayloadError(
                f"gateway: origin {origin!r}, allowed: https://HOST[:PORT] in small letters, without a slash at the end; "
                "correct gateway.allowed_origins"
            )
    path = function_path.strip("/")
    if not re.fullmatch(r"([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?", path):
        raise PayloadError(
            f"gateway: function path {function_path!r}, allowed: segments of letters, digits, '_', '.', '-'; "
            "correct gateway.function_path"
        )
    people: dict[str, str] = {}
    if edition.login:
        people = login.environment() if login else dict.fromkeys(NAMES, "")
        people["DICOM_SIGNED_DOMAIN"] = signed_domain or ""
    if edition.viewer:
        people |= login.viewer_environment(upload=viewer_upload) if login else dict.fromkeys(VIEWER_NAMES, "")
        if not edition.login:
            # Who comes here was let in before.
            upload = str(viewer_upload).lower() if side == "internet" else ""
            people |= {"DICOM_LOGIN_ISSUER": "", "DICOM_VIEWER_UPLOAD": upload}
    return {
        **people,
        "DICOM_AE_TITLES": "|".join(title.replace(".", "[.]") for title in ae_titles),
        "DICOM_ALLOWED_ORIGINS": "|".join(origin.replace(".", "[.]") for origin in allowed_origins),
        "DICOM_BODY_LIMIT_MB": str(body_limit_mb),
        "DICOM_CUSTOM_DOMAIN": domain or "",
        "DICOM_DIMSE": "open" if open_dimse else "shut",
        "DICOM_FUNCTION_PATH": path,
        "DICOM_LISTEN": str(PORT),
        "DICOM_PUBLIC_SCHEME": scheme,
        "DICOM_REGION": region,
        "DICOM_SERVER_HOST": server_host,
        "DICOM_SERVER_PORT": str(server_port),
        "DICOM_SIDE": side,
        "DICOM_TIMEOUT_SECONDS": str(timeout_seconds),
    }
