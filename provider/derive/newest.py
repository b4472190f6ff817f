"""The next release to make facts of: `git ls-remote --tags` on standard input, the folder of the facts as the only argument.

Prints the newest release that is newer than all that are here, without v; nothing where there is none. Betas do not count.
"""

import gzip
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from dicom_cdk.offline.versions import difference
from dicom_cdk.offline.versions.store import numbers

TAG = re.compile(r"refs/tags/v([0-9]+\.[0-9]+\.[0-9]+)$")


def newest(tags: Iterable[str], held: Iterable[str]) -> str:
    """Of the lines of `git ls-remote`; empty for none newer than `held`."""
    released = [found[1] for line in tags if (found := TAG.search(line.strip()))]
    last = max(map(numbers, held))
    return max((one for one in released if numbers(one) > last), key=numbers, default="")


def main(folder: Path) -> int:
    base = json.loads(gzip.decompress((folder / "overlay.json.gz").read_bytes()))["provider_version"]
    beside = [one.parent.name for one in folder.glob(f"*/{difference.FILE}")]
    print(newest(sys.stdin, [base, *beside]), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
