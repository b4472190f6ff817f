"""YAML of a site file that mends a finding: which setting an argument of a resource comes from, by construct path."""

import re

from dicom_cdk.policy.document import Resource

SETTINGS = (
    (r"archive/host/instance", "instance_type", "archive", "instance_type"),
    (r"directory/\w+/instance", "instance_type", "directory", "instance_type"),
    (r"archive/host/instance", "image_id", "archive", "image_id"),
    (r"directory/\w+/instance", "image_id", "directory", "image_id"),
    (r"database/instance", "engine_version", "database", "engine_version"),
    (r"database/instance", "instance_type", "database", "instance_type"),
    (r"database/instance", "db_instance_storage_type", "database", "storage_type"),
    (r"database/instance", "instance_storage", "database", "storage_gb"),
    (r"storage/images", "bucket", "storage", "bucket"),
    (r"registry/instance", "instance_name", "registry", "instance_name"),
    (r"logs/project", "project_name", "logs", "project"),
    (r"gateway/function", "function_name", "gateway", "function_name"),
    (r"dicomweb/application", "memory", "dicomweb", "memory_mb"),
)
"""Construct path, argument → room and key of the site file."""


def pasted(resource: Resource, argument: str, value: object) -> str:
    """Such as ``archive: {instance_type: ecs.g8i.xlarge}``; "" where no setting is known, as in stacks of other programs."""
    for path, name, room, key in SETTINGS:
        if name == argument and re.fullmatch(path, resource.path):
            said = f'"{value}"' if re.fullmatch(r"[\d.]+", str(value)) and not isinstance(value, int) else value
            return f"{room}: {{{key}: {said}}}"
    return ""
