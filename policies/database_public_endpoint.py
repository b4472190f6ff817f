"""The database has no address on the internet."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy


class DatabasePublicEndpoint(ResourcePolicy):
    """Every alicloud_db_connection is a public one: the private one comes with the instance."""

    key = "CKV2_DICOM_16"
    title = "Database has no public endpoint"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "remove the resource; reach the database from the VPC, through a bastion or Cloud Assistant"
    types = ("alicloud_db_connection",)
    failing = {"alicloud_db_connection": {"bad_public": {"instance_id": "pgm-1", "connection_prefix": "pacs"}}}
    passing = {"alicloud_db_instance": {"private": {"engine": "PostgreSQL"}}}

    def problems(self, resource: Json) -> Iterator[str]:
        yield f"a public endpoint of {resource.get('instance_id', 'an instance')}"


check = DatabasePublicEndpoint()
