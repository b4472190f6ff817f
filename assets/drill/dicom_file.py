"""As much of a DICOM file (PS3.10) as a comparison needs: where its data set's pixel data lies. Standard library only."""

import struct

LONG = {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
IMPLICIT = b"1.2.840.10008.1.2"
DEFLATED = b"1.2.840.10008.1.2.1.99"
BIG = b"1.2.840.10008.1.2.2"
UNDEFINED = 0xFFFFFFFF
PIXEL_DATA = (0x7FE0, 0x0010)
ITEM, ITEM_END, SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)


class NotDicom(Exception):
    """Bytes that are no DICOM file; the text says at which byte."""


def pixel_data(file: bytes) -> bytes:
    """The element (7FE0,0010) of the data set itself, header and value; empty where there is none. Raises NotDicom."""
    if file[128:132] != b"DICM":
        raise NotDicom("no DICM at byte 128")
    at, syntax = 132, b""
    while at < len(file) and file[at : at + 2] == b"\x02\x00":
        tag, start, length = _header(file, at, explicit=True)
        if tag == (0x0002, 0x0010):
            syntax = file[start : start + length].rstrip(b"\0 ")
        at = start + length
    if at > len(file):
        raise NotDicom("ends inside the file meta information")
    if syntax in (DEFLATED, BIG):
        raise NotDicom(f"transfer syntax {syntax.decode()} is not read here")
    explicit = syntax != IMPLICIT
    while at < len(file):
        begin = at
        tag, start, length = _header(file, at, explicit=explicit)
        at = _end(file, start, explicit) if length == UNDEFINED else start + length
        if at > len(file):
            raise NotDicom(f"ends inside the element at byte {begin}")
        if tag == PIXEL_DATA:
            return file[begin:at]
    return b""


def _header(file: bytes, at: int, *, explicit: bool) -> tuple[tuple[int, int], int, int]:
    """Tag, where the value begins, its length."""
    try:
        tag = struct.unpack_from("<HH", file, at)
        if tag[0] == 0xFFFE or not explicit:
            return tag, at + 8, struct.unpack_from("<I", file, at + 4)[0]
        if file[at + 4 : at + 6] in LONG:
            return tag, at + 12, struct.unpack_from("<I", file, at + 8)[0]
        return tag, at + 8, struct.unpack_from("<H", file, at + 6)[0]
    except struct.error:
        raise NotDicom(f"ends at byte {at}, inside an element's header") from None


def _end(file: bytes, at: int, explicit: bool) -> int:
    """Behind a value of undefined length that begins at `at`: items, or fragments of pixel data."""
    while True:
        tag, start, length = _header(file, at, explicit=explicit)
        if tag in (SEQUENCE_END, ITEM_END):
            return start
        at = _end(file, start, explicit) if length == UNDEFINED else start + length
