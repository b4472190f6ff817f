"""Official JSON Schemas, from the copies in the package schemastore: offline, and the same everywhere."""

import json
import pickletools
import sqlite3
from importlib.metadata import distribution
from typing import Any


def official(title: str) -> Any:
    """The schema that begins with `title`, or has it near its beginning. Raises LookupError."""
    cache = next(file for file in distribution("schemastore").files or [] if file.name == "cache.sqlite")
    with sqlite3.connect(f"file:{cache.locate()}?mode=ro&immutable=1", uri=True) as database:
        for (value,) in database.execute("select value from responses"):
            if title.encode() in value[:600]:
                return next(
                    json.loads(argument)
                    for _, argument, _ in pickletools.genops(value)
                    if isinstance(argument, bytes) and argument[:1] == b"{"
                )
    raise LookupError(title)
