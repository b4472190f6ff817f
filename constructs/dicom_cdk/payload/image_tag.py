"""The tag of the gateway image: a name for its content, so that the function changes exactly when the content does.

Function Compute records tag and digest; a tag that is pushed twice breaks it (facts: provider 6.3).
"""

import hashlib

from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.payload.gateway_image import PLAIN, Edition


def image_tag(base: str, edition: Edition = PLAIN, viewer: str = "") -> str:
    """Tag for the image built from the files of `edition` on `base`, such as ``1.28.0-dicom-0123456789ab``; `viewer` is the
    whole reference of the viewer's image, where the edition has one.

    `base` is the whole reference of the NGINX image, with a tag or a digest, as text known at synthesis.
    Raises PayloadError for anything else.
    """
    name, at, digest = base.partition("@sha256:")
    tag = digest[:12] if at else name.rpartition("/")[2].partition(":")[2]
    if not tag or "${" in base:
        raise PayloadError(
            f"gateway base image: got {base!r}, allowed: a whole reference with tag or digest that is known at synthesis, "
            "such as registry.example.com/dicom/nginx:1.28.0; give registry.images.nginx or gateway.nginx_tag"
        )
    total = hashlib.sha256(f"{base}\0".encode())
    if edition.viewer:
        total.update(f"{viewer}\0".encode())
    for file in edition.files().files:
        total.update(f"{file.path}\0{len(file.content)}\0".encode() + file.content)
    return f"{tag}-dicom-{total.hexdigest()[:12]}"
