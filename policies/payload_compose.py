"""A compose file publishes no management port, runs nothing privileged and says how it restarts."""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from dicom_cdk.payload import yaml_text
from dicom_policy import PayloadPolicy

MANAGEMENT = (9990, 9993, 8787, 5432, 2375, 2376)
ARCHIVE_HTTP = (8080, 8443)
"""Of an archive: without a login, they give the bucket's key, deletes and the order to stop."""


class PayloadCompose(PayloadPolicy):
    key = "CKV2_DICOM_93"
    title = "Compose services: no management port published, not privileged, a restart policy"
    severity_name = "HIGH"
    fix = (
        "publish service ports only (management, and HTTP of an archive, on 127.0.0.1), drop privileged and the engine's socket, "
        "write restart:"
    )
    failing = {
        "alicloud_instance": {
            "bad_ports": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                '      services:\n        arc:\n          restart: always\n          ports: ["9990:9990"]\n'
            },
            "bad_archive": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                "      services:\n        arc:\n          image: a/dcm4chee-arc-psql:5.25.2\n          restart: always\n"
                '          ports: ["8080:8080"]\n'
            },
            "bad_restart": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                "      services:\n        arc:\n          image: a:1\n          privileged: true\n"
            },
        }
    }
    passing = {
        "alicloud_instance": {
            "inner": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                "      services:\n        arc:\n          restart: on-failure\n"
                '          ports: ["127.0.0.1:9990:9990", "8080:8080"]\n'
            }
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        file = name.rpartition("/")[2].lower()
        if "compose" not in file or not file.endswith((".yaml", ".yml")):
            return
        try:
            document = yaml_text.document(text)
        except yaml.YAMLError:
            yield 1, "not YAML"
            return
        services = document.get("services") if isinstance(document, dict) else None
        for service, body in (services if isinstance(services, dict) else {}).items():
            if not isinstance(body, dict):
                continue
            line = 1 + text[: max(text.find(f"{service}:"), 0)].count("\n")
            for problem in _problems(body):
                yield line, f"{service}: {problem}"


def _problems(body: dict[str, Any]) -> Iterator[str]:
    archive = "ARCHIVE_DEVICE_NAME" in str(body.get("environment")) or "dcm4chee-arc" in str(body.get("image"))
    for published in body.get("ports") or []:
        port = _published(published)
        if port in MANAGEMENT:
            yield f"publishes management port {port} to the network"
        elif archive and port in ARCHIVE_HTTP:
            yield f"publishes the archive's own HTTP port {port}, which knows no login, to the network"
    if body.get("privileged") is True:
        yield "is privileged"
    for name in ("network_mode", "pid", "ipc"):
        if body.get(name) == "host":
            yield f"{name} is host"
    if any("docker.sock" in str(volume) for volume in body.get("volumes") or []):
        yield "holds the container engine's socket"
    if not body.get("restart") and not (body.get("deploy") or {}).get("restart_policy"):
        yield "has no restart policy"


def _published(port: Any) -> int:
    """The container port that others than this host can reach; 0 for none."""
    if isinstance(port, dict):
        return 0 if str(port.get("host_ip", "")).startswith("127.") else int(port.get("target") or 0)
    text = str(port).partition("/")[0]
    found = re.search(r"(\d+)$", text)
    return 0 if text.startswith(("127.", "[::1]")) or found is None or ":" not in text else int(found[1])


check = PayloadCompose()
