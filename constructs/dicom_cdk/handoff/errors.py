"""What a hand-off refuses."""


class HandoffError(Exception):
    """A destination that is taken, or a stack that cannot be handed over."""
