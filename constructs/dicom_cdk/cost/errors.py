"""What the cost command refuses."""


class CostError(Exception):
    """A price file, or a use, that cannot be taken."""
