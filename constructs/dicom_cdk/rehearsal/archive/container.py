"""What compose gives the archive's container, as its stand-in takes it from the file: variables, published port, time zone."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml


def service() -> Any:
    """The container in the compose file."""
    return yaml.safe_load(Path(os.environ["COMPOSE_FILE"]).read_text())["services"]["arc"]


def published() -> str:
    """The address of the host that HTTP is published on."""
    port = next(str(one) for one in service()["ports"] if str(one).endswith("8080:8080"))
    return port.removesuffix("8080:8080").rstrip(":") or "0.0.0.0"


def environment() -> dict[str, str]:
    """What compose gives the container."""
    given = service()
    found = {}
    for name, text in {**given["environment"], "IMAGE": given["image"]}.items():
        found[name] = re.sub(r"\$\{(\w+):[?-]\}", lambda variable: os.environ.get(variable[1], ""), str(text))
    return found


def time_zone(given: Mapping[str, str], container: Mapping[str, Any], root: Path) -> ZoneInfo:
    """The JVM's: TZ, else a mounted /etc/timezone; the host's /etc/localtime says nothing to it. `root` of the host."""
    mounted = (str(one).removeprefix("${DICOM_ROOT:-}").partition(":") for one in container.get("volumes") or ())
    files = [root / host.lstrip("/") for host, _, inside in mounted if inside.startswith("/etc/timezone")]
    return ZoneInfo(given.get("TZ") or (files[0].read_text().strip() if files else "UTC"))
