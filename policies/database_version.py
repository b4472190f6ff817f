"""The database's major version gets security fixes."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy

SUPPORTED = {"PostgreSQL": ("14.0", "15.0", "16.0", "17.0", "18.0")}
"""PostgreSQL 13 left support in November 2025 (the project's versioning policy)."""


class DatabaseVersion(ResourcePolicy):
    key = "CKV2_DICOM_15"
    title = "Database major version is still supported"
    severity_name = "HIGH"
    category = "GENERAL_SECURITY"
    fix = "database.engine_version: 15.0 or newer, after a test of the archive with it"
    types = ("alicloud_db_instance",)
    weighs = ("engine", "engine_version")
    failing = {"alicloud_db_instance": {"bad_old": {"engine": "PostgreSQL", "engine_version": "13.0"}}}
    passing = {
        "alicloud_db_instance": {
            "new": {"engine": "PostgreSQL", "engine_version": "15.0"},
            "other": {"engine": "MySQL", "engine_version": "8.0"},
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        engine = str(resource.get("engine"))
        version = str(resource.get("engine_version"))
        if engine in SUPPORTED and version not in SUPPORTED[engine]:
            yield f"engine_version is {version}, supported are {', '.join(SUPPORTED[engine])}"


check = DatabaseVersion()
