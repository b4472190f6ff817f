"""What cannot be reviewed."""


class ReviewError(Exception):
    """A folder that is no synth, or an allow file that does not fit."""
