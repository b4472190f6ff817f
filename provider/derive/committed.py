"""The facts that the project holds, and how a new release is laid beside them; never a half-written one."""

import gzip
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from dicom_cdk.offline.versions import difference, whole

Json = dict[str, Any]
PROVIDER = Path(__file__).resolve().parent.parent
RELEASE = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")


class CannotAdd(Exception):
    """The release cannot be laid beside the others; nothing was written."""


def refuse(release: str, folder: Path = PROVIDER) -> None:
    """Raise CannotAdd for what is no release, or is here already."""
    if not RELEASE.fullmatch(release):
        raise CannotAdd(f"VERSION={release}: is no release; allowed is a number such as 1.290.0, without v")
    held = json.loads(gzip.decompress((folder / "overlay.json.gz").read_bytes()))["provider_version"]
    if release == held or (folder / release).exists():
        where = "provider/ itself" if release == held else f"provider/{release}"
        raise CannotAdd(
            f"VERSION={release}: its facts are here already ({where}); to see whether they still follow from the source: "
            "add CHECK=1, to make them again: remove the folder first"
        )


def add(facts: Json, news: str, folder: Path = PROVIDER) -> Path:
    """Lay a release beside the base, as one folder that appears when it is whole; gives the folder."""
    release = facts["overlay"]["provider_version"]
    scratch = Path(tempfile.mkdtemp(prefix=f".{release}-", dir=folder))
    try:
        (scratch / difference.FILE).write_bytes(
            difference.written(difference.between(whole.base(folder), facts, whole.rules(folder)))
        )
        (scratch / "news.md").write_text(news, encoding="utf-8")
        scratch.chmod(0o755)
        scratch.rename(folder / release)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder / str(release)


def functions_text(functions: Json) -> str:
    """functions.json: a function a line, so that a difference can be read."""
    kinds = []
    for kind in sorted(functions):
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(one)}" for name, one in sorted(functions[kind].items()))
        kinds.append(f" {json.dumps(kind)}: {{\n{lines}\n }}")
    return "{\n" + ",\n".join(kinds) + "\n}\n"
