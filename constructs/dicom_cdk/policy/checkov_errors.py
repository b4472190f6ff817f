"""What Checkov logs as an error and goes on."""

import logging


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        why = f": {type(cause).__name__}: {cause}" if cause else ""
        self.said.append(f"{record.getMessage().splitlines()[0]}{why}"[:400])


class loud:  # noqa: N801 - reads as a statement
    """Collects what Checkov logs as an error instead of raising it."""

    def __enter__(self) -> list[str]:
        self._handler = _Errors()
        self._root = logging.getLogger()
        self._others = self._root.handlers[:]
        self._root.handlers = [self._handler]
        return self._handler.said

    def __exit__(self, *_: object) -> None:
        self._root.handlers = self._others


def broken(errors: list[str]) -> str:
    """What stands before an exception: the first thing logged."""
    return f"{errors[0]}: " if errors else ""
