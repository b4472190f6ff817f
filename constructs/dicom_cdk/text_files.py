"""Files of text that others wrote: UTF-8, or told in words what they are and where."""

from pathlib import Path

MARK = b"\xef\xbb\xbf"
LARGEST = 512 * 1024 * 1024
"""Bytes of one file: the plan of 10,000 resources has a tenth of that, a device such as /dev/zero has no end."""
PART = 1024 * 1024
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(file: Path, *, marked: bool = False) -> str:
    """What stands in a file, its lines ending in one letter. Raises OSError, and ValueError for what is no UTF-8, with the line,
    or larger than LARGEST.

    `marked`: a byte order mark is left out, as HCL and YAML do.
    """
    content = _content(file)
    if content.startswith(_UTF_16):
        raise ValueError("it is UTF-16, as some shells write what a program says; save it as UTF-8")
    if marked:
        content = content.removeprefix(MARK)
    if content.startswith(MARK):
        raise ValueError("it begins with a byte order mark; save it as UTF-8 without one")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: byte {content[error.start]:02X} is no UTF-8; save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _content(file: Path) -> bytes:
    content = b""
    with file.open("rb") as opened:
        # In parts: a device says of no size, and one read of as much would take the memory at once.
        while len(content) <= LARGEST and (part := opened.read(max(PART, len(content)))):
            content += part
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes; is it the right file?")
    return content
