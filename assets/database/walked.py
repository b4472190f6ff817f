#!/usr/bin/env python3
"""walked.py FILE AE_TITLE: what asked.py kept in FILE is asked of the archive after a walk: no fewer studies, each of these images,
and one of nobody that is stored and given back unchanged. Python 3.10, standard library.
"""

import json
import os
import struct
import sys
import time
from pathlib import Path

from asked import Wrong, asked, image, studies

PAUSE = float(os.environ.get("DICOM_PAUSE") or 5)
UNTIL = time.monotonic() + float(os.environ.get("DICOM_SECONDS") or 600)
ROOT = "2.25.131389442496258928818341378374686955853"
"""UUID-derived (PS3.5 B.2), made once: always the same image, so that many walks leave one."""
UIDS = (ROOT, f"{ROOT}.1", f"{ROOT}.1.1")
BOUNDARY = "dicom-cdk-walk"


def after(file: Path, title: str) -> None:
    had = json.loads(file.read_text()) if file.exists() else None
    now = studies(title)
    if had is None:
        print(f"the archive finds {now} studies; what it found before was not asked, since none ran")
    elif now < had["studies"]:
        raise Wrong(f"{now} studies are found, {had['studies']} were found before")
    else:
        for uids in had["images"]:
            image(title, uids)
        print(
            f"{now} studies are found, {had['studies']} were before; all {len(had['images'])} images of before are given"
        )
    own = nobody()
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    status, _ = asked(
        f"{title}/rs/studies",
        body=head + own + f"\r\n--{BOUNDARY}--\r\n".encode(),
        headers={"Content-Type": kind, "Accept": "application/dicom+json"},
    )
    if status not in (200, 202):
        raise Wrong(f"a store was answered with HTTP {status}")
    if PIXELS not in image(title, UIDS):
        raise Wrong("the image that was stored is given back changed")
    print("an image of nobody was stored and is given back unchanged")


PIXELS = bytes(range(128))


def nobody() -> bytes:
    """A secondary capture of 8 × 8 pixels of no patient, as a file (PS3.10 7.1; explicit VR, little endian)."""
    kind, syntax = "1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.1.2.1"
    meta = element(2, 1, "OB", b"\0\1") + b"".join(
        element(2, number, "UI", text) for number, text in ((2, kind), (3, UIDS[2]), (0x10, syntax), (0x12, ROOT))
    )
    data = [
        (8, 0x16, "UI", kind), (8, 0x18, "UI", UIDS[2]), (8, 0x20, "DA", ""), (8, 0x30, "TM", ""), (8, 0x50, "SH", ""),
        (8, 0x60, "CS", "OT"), (8, 0x64, "CS", "WSD"), (8, 0x90, "PN", ""), (8, 0x1030, "LO", "dicom-cdk, after a new release"),
        (0x10, 0x10, "PN", "DICOM-CDK^NOBODY"), (0x10, 0x20, "LO", "DICOM-CDK-WALK"), (0x10, 0x30, "DA", ""),
        (0x10, 0x40, "CS", ""), (0x20, 0xD, "UI", UIDS[0]), (0x20, 0xE, "UI", UIDS[1]), (0x20, 0x10, "SH", ""),
        (0x20, 0x11, "IS", "1"), (0x20, 0x13, "IS", "1"), (0x28, 2, "US", 1), (0x28, 4, "CS", "MONOCHROME2"),
        (0x28, 0x10, "US", 8), (0x28, 0x11, "US", 8), (0x28, 0x100, "US", 16), (0x28, 0x101, "US", 16),
        (0x28, 0x102, "US", 15), (0x28, 0x103, "US", 0), (0x7FE0, 0x10, "OW", PIXELS),
    ]  # fmt: skip
    length = element(2, 0, "UL", struct.pack("<I", len(meta)))
    return bytes(128) + b"DICM" + length + meta + b"".join(element(*one) for one in data)


def element(group: int, number: int, kind: str, value: "str | int | bytes") -> bytes:
    """PS3.5 7.1.2."""
    if isinstance(value, int):
        content = struct.pack("<H", value)
    elif isinstance(value, str):
        content = value.encode()
        content += (b"\0" if kind == "UI" else b" ") * (len(content) % 2)
    else:
        content = value
    if kind in ("OB", "OW"):
        head = struct.pack("<HH2sHI", group, number, kind.encode(), 0, len(content))
    else:
        head = struct.pack("<HH2sH", group, number, kind.encode(), len(content))
    return head + content


def main(words: "list[str]") -> int:
    while True:
        try:
            after(Path(words[0]), words[1])
            return 0
        except (Wrong, KeyError, ValueError, TypeError) as error:
            said = f"walked: {error if isinstance(error, Wrong) else repr(error)}"
        # An archive that has just started may refuse once or twice.
        if time.monotonic() + PAUSE > UNTIL:
            print(said, file=sys.stderr)
            return 1
        time.sleep(PAUSE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
