"""How a site is run: protection, state, moves and waivers."""

import datetime
from typing import Literal

from dicom_cdk.settings.models.base import Settings, setting


class Protection(Settings):
    """What keeps data from being destroyed."""

    level: Literal["full", "none"] = "full"
    """none is for throw-away development sites: nothing is protected from being destroyed."""
    destroy_data: bool = False
    """First of two switches for destroying data of a protected site; the second is the review's allow file."""


class State(Settings):
    """Where Terraform keeps its state, which holds secrets."""

    backend: Literal["local", "oss"] = "local"
    """local: a file beside the stack, git-ignored, for one person; oss: a bucket with a lock table."""
    bucket: str | None = setting(None, min_length=3, max_length=63)
    """State bucket (backend oss); default <site>-<account_id>-tfstate."""
    prefix: str = setting("dicom-cdk", pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")
    """Folder inside the bucket (backend oss)."""
    region: str | None = setting(None, pattern=r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$")
    """Region of the bucket (backend oss); default: the site's."""
    lock_instance: str | None = setting(None, pattern=r"^[a-zA-Z][a-zA-Z0-9-]{1,14}[a-zA-Z0-9]$")
    """Tablestore instance of the lock table (backend oss); default tf-<last 12 digits of account_id>."""
    lock_table: str = setting("terraform_lock", pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,254}$")
    """Lock table (backend oss)."""
    bootstrap: bool = False
    """Also synthesize <site>-bootstrap: service activation, state bucket, lock table."""


class Waiver(Settings):
    """A policy that one resource may break, for a reason, for a while."""

    policy: str = setting(pattern=r"^CKV2?_[A-Z0-9]+_[0-9]+$")
    """Id of the policy."""
    resource: str = setting(pattern=r"^[a-z0-9_]+\.[A-Za-z0-9_*-]+$")
    """Terraform address of the resource; `*` in its name stands for anything: alicloud_kms_secret.*"""
    reason: str = setting(min_length=10, max_length=500)
    """Why it is acceptable."""
    expires: datetime.date = setting(strict=False)
    """Last day (YYYY-MM-DD)."""
    approved_by: str = setting(min_length=2, max_length=200)
    """Who answers for it."""
