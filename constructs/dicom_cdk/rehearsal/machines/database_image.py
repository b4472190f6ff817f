"""`docker run` of the database's own image: its client programs are this machine's.

Started as one file, with the call's arguments.
"""

import os
import sys
from pathlib import Path

CALL = f'[ "$1 $2 $3" != "run --rm -i" ] || exec {sys.executable} -SE {__file__} "$@"'
"""What a stand-in for docker runs before all else."""


def main(arguments: list[str]) -> None:
    """`run --rm -i --network host -v KEYS:FOLDER:ro -e NAME=VALUE … --entrypoint PROGRAM IMAGE ARGUMENT …`"""
    at = arguments.index("--entrypoint")
    program, image, *given = arguments[at + 1 :]
    # Pulled images are files there (engine.py).
    if not (Path(os.environ["HOST_ROOT"]).parent / "engine" / image.replace("/", "_")).exists():
        sys.exit(f"stand-in for docker: {image} is not here")
    options = list(zip(arguments[3:at:2], arguments[4:at:2], strict=True))
    keys = next(value.partition(":")[0] for name, value in options if name == "-v")
    variables = dict(value.split("=", 1) for name, value in options if name == "-e")
    # The keys are where the host has them, not where the container would.
    os.execvpe(program, [program, *given], os.environ | variables | {"PGPASSFILE": f"{keys}/pgpass"})


if __name__ == "__main__":
    main(sys.argv[1:])
