"""The collector reads no file that authenticates somebody: what is in a log store is read by more people than the host's root."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath

from dicom_cdk.plan.reading.written_json import read_json
from dicom_policy import Json, ResourcePolicy, is_reference

HOME = "/root"
SECRET_FILES = {
    "/run/dicom/secrets": "ldap-root",
    "/var/run/dicom/secrets": "ldap-root",
    "/var/local/dicom/keystore": "key.p12",
    "/etc/ssl/private": "server.key",
    "/etc": "shadow",
    f"{HOME}/.ssh": "id_ed25519",
    f"{HOME}/.docker": "config.json",
    "/proc/1": "environ",
}
"""Folder of secrets → a file in it."""
NAMES = re.compile(r"PASS|SECRET|TOKEN|CREDENTIAL|PRIVATE|ACCESS_?KEY", re.IGNORECASE)


def _files(path: str, pattern: str, depth: int) -> dict[str, object]:
    return {"logPath": path, "filePattern": pattern, "maxDepth": depth, "logType": "common_reg_log"}


class LogSecrets(ResourcePolicy):
    key = "CKV2_DICOM_82"
    title = "The log collector reads no secrets"
    severity_name = "HIGH"
    category = "LOGGING"
    fix = "name the log's own folder and files in input_detail, maxDepth as small as it can be; no environment variable as a tag"
    types = ("alicloud_logtail_config", "alicloud_sls_logtail_config")
    reads = ("input_detail",)
    weighs = reads
    failing = {
        "alicloud_logtail_config": {
            "bad_folder": {"input_detail": json.dumps(_files("/run/dicom/secrets", "*", 0))},
            "bad_below": {"input_detail": json.dumps(_files(f"{HOME}/.ssh/keys", "*.log", 0))},
            "bad_depth": {"input_detail": json.dumps(_files("/var/local/dicom", "*", 1))},
            "bad_name": {"input_detail": json.dumps(_files("/etc", "shad*", 0))},
            "bad_variable": {
                "input_detail": json.dumps(
                    {
                        "plugin": {
                            "inputs": [
                                {
                                    "type": "service_docker_stdout",
                                    "detail": {"ExternalEnvTag": {"LDAP_ROOTPASS_FILE": "a"}},
                                }
                            ]
                        }
                    }
                )
            },
            "bad_text": {"input_detail": "?"},
        }
    }
    passing = {
        "alicloud_logtail_config": {
            "log": {"input_detail": json.dumps(_files("/var/local/dicom/wildfly/log", "server.log", 0))},
            "system": {"input_detail": json.dumps(_files("/etc", "*.log", 0))},
            "near": {"input_detail": json.dumps(_files("/var/local/dicom", "*.log", 1))},
            "shallow": {"input_detail": json.dumps(_files("/var/local/dicom", "*", 0))},
            "units": {
                "input_detail": '{"plugin":{"inputs":[{"type":"service_journal","detail":{"Units":["docker.service"]}}]}}'
            },
            "later": {"input_detail": "${var.detail}"},
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        text = resource.get("input_detail")
        if not text or is_reference(text):
            return
        try:
            detail = read_json(str(text))
        except ValueError:
            yield "input_detail cannot be read as JSON"
            return
        if not isinstance(detail, dict):
            yield "input_detail is no JSON object"
            return
        if path := str(detail.get("logPath") or ""):
            yield from _read(path, str(detail.get("filePattern") or "*"), int(detail.get("maxDepth") or 0))
        yield from (f"sends the environment variable {name}" for name in _variables(detail) if NAMES.search(name))


def _read(path: str, pattern: str, depth: int) -> Iterator[str]:
    """Secrets that files of `pattern` in `path`, or so many folders below, may be."""
    folder = PurePosixPath(path.rstrip("*/") or "/")
    for name, file in SECRET_FILES.items():
        secrets = PurePosixPath(name)
        # Logs have no place below these; /etc has files of its own kind.
        below = name not in ("/etc", "/proc/1") and secrets in folder.parents
        around = secrets.is_relative_to(folder) and len(secrets.relative_to(folder).parts) <= depth
        if below or (around and fnmatch(file, pattern)):
            yield f"reads {path}/{pattern}, {depth} folders deep: {name}/{file} may be sent"


def _variables(said: object) -> Iterator[str]:
    """Environment variables that become tags of entries (ExternalEnvTag: variable → tag)."""
    if isinstance(said, dict):
        for key, value in said.items():
            if key == "ExternalEnvTag" and isinstance(value, dict):
                yield from value
            else:
                yield from _variables(value)
    elif isinstance(said, list):
        for each in said:
            yield from _variables(each)


check = LogSecrets()
