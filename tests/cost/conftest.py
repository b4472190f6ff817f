"""The account that is asked."""

from tests.account.cloud import cloud, running

__all__ = ["cloud", "running"]
