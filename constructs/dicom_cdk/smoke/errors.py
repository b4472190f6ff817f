"""What a smoke test cannot start with."""


class SmokeError(Exception):
    """An address, option or credential that cannot be used; never quotes a credential."""
