"""The listed modalities: the archive asks each of them, and nobody is let in under their names.

The archive's own echo (``POST aets/{AE title}/dimse/{remote}``, its console's) goes out from its address with its certificate, as
C-MOVE and commitment will; the way in is tried from here, where no listed device stands, so it has to be refused.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.dimse import Modality, refused
from dicom_cdk.smoke.errors import SmokeError

ROOM = "modalities"
MEANINGS = {
    1: "no connection of both fits (TLS on one side only?)",
    2: "nothing listens at its address and port, or a firewall is in between",
    3: "it rejects the archive: register the archive's AE title and address on the device",
}
"""Results of the archive's echo; others are told by number."""


def read(folder: Path) -> dict[str, Any]:
    """The list in a synthesized stack's folder. Raises SmokeError."""
    file = folder / "cdk.tf.json"
    try:
        objects = json.loads(file.read_text())["resource"].get("alicloud_oss_bucket_object", {})
        texts = [one["content"] for one in objects.values() if str(one.get("key")).startswith("modalities/")]
        found: dict[str, Any] = json.loads(texts[0]) if texts else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SmokeError(
            f"--modalities {folder}: {file.name} cannot be read ({type(error).__name__}); name a stack's folder"
        ) from None
    if not found:
        raise SmokeError(f"--modalities {folder}: the stack lists none; name the folder of a site with `modalities`")
    return found


def check(checks: Checks, listed: dict[str, Any], *, console: str, archive: DimsePeer | None, timeout: float) -> None:
    """Every device, each though another failed. `console`: scheme, host and port of the archive's forwarded HTTP port."""
    called = listed["archive"]["ae_title"]
    for one in listed["modalities"]:
        title = one["ae_title"]
        with suppress(RoomFailed), checks.check(ROOM, f"{called} asks {title} at {one['address']}:{one['port']}"):
            _asked(console, called, title, timeout)
    if archive is None:
        checks.skip(ROOM, "calls under the names of devices", "no --dimse HOST:PORT")
        return
    for one in listed["modalities"]:
        title = one["ae_title"]
        if one["tls"]:
            checks.skip(ROOM, f"a call from here as {title}", "it speaks TLS: without its key there is no call")
            continue
        with suppress(RoomFailed), checks.check(ROOM, f"a call from here as {title} is refused") as said:
            said.append(refused(Modality(archive, called, title, 0, timeout)))


def _asked(console: str, called: str, title: str, timeout: float) -> None:
    url = f"{console}/dcm4chee-arc/aets/{quote(called)}/dimse/{quote(title)}"
    try:
        answer = requests.post(url, timeout=timeout)
    except requests.RequestException as error:
        raise Expected(
            f"{console}: {type(error).__name__}; forward port 8080 of the archive's host (docs/hosts.md)"
        ) from None
    if answer.status_code == 404:
        raise Expected(f"the archive does not know {title}: has the step `modalities` run?")
    expect(answer.status_code == 200, f"the archive answered HTTP {answer.status_code}")
    told = answer.json()
    result = int(told.get("result", -1))
    why = MEANINGS.get(result, f"result {result}")
    more = f": {told['errorMessage']}" if told.get("errorMessage") else ""
    expect(result == 0, f"{why}{more}")
