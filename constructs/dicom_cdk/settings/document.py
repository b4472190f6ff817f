"""One site file from disk to tree: everything that can be wrong with a file before its content is looked at."""

from collections.abc import Callable
from pathlib import Path

from dicom_cdk.settings.composer import compose
from dicom_cdk.settings.errors import Located, Problem
from dicom_cdk.settings.tree import Entries

LIMIT_BYTES = 256 * 1024


def read(path: Path, file: str, report: Callable[[Located], None]) -> Entries | None:
    """The root map of a YAML file, or None with at least one problem reported. `file` is how errors call it."""
    content = _content(path, file, report)
    if content is None:
        return None
    text = _text(content, file, report)
    return None if text is None else compose(text, file, report)


def _content(path: Path, file: str, report: Callable[[Located], None]) -> bytes | None:
    def refuse(what: str, do: str, **more: str) -> None:
        report(Located(file, 0, Problem((), what, do=do, **more)))

    try:
        with path.open("rb") as stream:
            content = stream.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        refuse("no such file", "name an existing site file, or copy examples/minimal.yaml to start one")
    except IsADirectoryError:
        refuse("is a folder", "name a site file inside it")
    except OSError as error:
        refuse(f"cannot be read ({error.strerror or type(error).__name__})", "look at its permissions")
    else:
        if len(content) <= LIMIT_BYTES:
            return content
        refuse(
            "is too large for a site file",
            "a site file has a few dozen lines; is this the right file?",
            got="more than 256 KiB",
            allowed="at most 256 KiB",
        )
    return None


def _text(content: bytes, file: str, report: Callable[[Located], None]) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = Problem((), "is not UTF-8", got="a byte order mark of UTF-16", allowed="UTF-8", do="save it as UTF-8")
        report(Located(file, 1, problem))
        return None
    if content.startswith(b"\xef\xbb\xbf"):
        problem = Problem(
            (),
            "starts with a byte order mark",
            got="EF BB BF",
            allowed="UTF-8 without one",
            do="save it as UTF-8 without BOM",
        )
        report(Located(file, 1, problem))
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = Problem(
            (), "is not UTF-8", got=f"byte {content[error.start]:02X}", allowed="UTF-8", do="save it as UTF-8"
        )
        report(Located(file, line, problem))
        return None
