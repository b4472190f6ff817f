"""What makes the gate itself fail: nothing is passed over in silence."""


class PolicyError(Exception):
    """A policy that cannot be loaded, knows no type, has no examples, or broke while it judged."""


class WaiverError(Exception):
    """A waiver that is expired, unused, without reason, or for an unknown policy."""
