"""What a stack puts into buckets for steps to get: the list of modalities, whom its archive trusts."""

from dicom_cdk.rehearsal.expression import evaluate
from dicom_cdk.rehearsal.site import Site


def handed(site: Site) -> dict[str, bytes]:
    """/bucket/key → content."""
    found = {}
    for body in site.resources("alicloud_oss_bucket_object").values():
        key = str(body.get("key"))
        if key.startswith(("modalities/", "trust/")):
            found[f"/{evaluate(body['bucket'], site.resolve)}/{key}"] = str(body["content"]).encode()
    return found
