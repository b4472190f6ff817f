"""How far the asking is: a bar for people on a terminal, nothing for files and pipelines."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown(name: str) -> Iterator[Callable[[int, int], None]]:
    """Gives what is to be told of each answer: how many, of how many. On standard error."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"asking for {name}", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
