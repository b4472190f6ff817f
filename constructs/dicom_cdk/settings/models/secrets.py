"""Room secrets: the KMS key, generated passwords, their generations (replaces the guide's fixed passwords)."""

from typing import Literal

from dicom_cdk.settings.models.base import CloudId, Settings, setting


class Generations(Settings):
    """Raise a number to rotate: a new secret under a new name, since a destroyed name stays taken."""

    ldap: int = setting(1, ge=1, le=9999)
    """Passwords of the LDAP directory (data and configuration)."""
    database: int = setting(1, ge=1, le=9999)
    """Password of the database account."""
    storage: int = setting(1, ge=1, le=9999)
    """AccessKey of the storage user."""
    archive: int = setting(1, ge=1, le=9999)
    """Key store passwords and management password of the archive."""


class Secrets(Settings):
    """KMS key and secrets."""

    kms_key_id: CloudId | None = None
    """Id of an existing KMS key (bring your own) for disks, database, bucket and secrets."""
    kms_instance_id: CloudId | None = None
    """Id of the KMS instance that key and secrets are made in. KMS makes secrets in an instance only; a new account has none."""
    store: Literal["kms", "bucket"] = "kms"
    """Where hosts get their secrets: `kms`, which needs a KMS instance, or `bucket`, objects of one of their own."""
    key_rotation_days: int = setting(365, ge=7, le=730)
    """Days after which KMS rotates the key's material."""
    recovery_window_days: int = setting(30, ge=7, le=30)
    """Days that a deleted secret can still be restored; in KMS its name is taken as long."""
    generations: Generations = Generations()
    """Generation number of each kind of secret."""
