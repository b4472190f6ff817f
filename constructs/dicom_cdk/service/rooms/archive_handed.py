"""A text that the archive's host fetches from the bucket of operations: a command has no room for hundreds of entries."""

import hashlib
from dataclasses import dataclass

from cdktf_cdktf_provider_alicloud.oss_bucket_object import OssBucketObject
from constructs import Construct

from dicom_cdk.service.parts import ram
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import Storage


@dataclass(frozen=True)
class Handed:
    """What a step needs to fetch the text and to see that it is the one that was meant. `hand` makes it."""

    bucket: str
    key: str
    sha256: str


def hand(
    scope: Construct,
    id: str,
    text: str,
    *,
    folder: str,
    file_type: tuple[str, str],
    platform: Platform,
    storage: Storage,
) -> Handed:
    """Put `text` below `folder`, named by its content, where the archive's host may read it. `file_type`: suffix, content type."""
    site, secrets, bucket = platform.site, platform.secrets, storage.operations
    suffix, content_type = file_type
    digest = hashlib.sha256(text.encode()).hexdigest()
    stored = OssBucketObject(
        scope,
        id,
        bucket=bucket.bucket,
        key=f"{folder}/{digest}.{suffix}",
        content=text,
        content_type=content_type,
        acl="private",
        server_side_encryption="KMS",
        kms_key_id=secrets.key_id,
    )
    ram.grant(
        scope,
        f"read-{folder}",
        role=secrets.roles["archive"],
        name=f"{site.name}-archive-{folder}",
        statements=[
            ram.allow(["oss:GetObject"], [f"acs:oss:*:{site.account_id}:{bucket.bucket_input}/{folder}/*"]),
            ram.allow(["kms:Decrypt"], [secrets.key_arn]),
        ],
    )
    return Handed(bucket.bucket, stored.key, digest)
