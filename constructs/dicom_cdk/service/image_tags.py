"""Which tag of each base image a site runs: its own where it says one, else what belongs to the archive's release."""

from dicom_cdk.releases.table import tags
from dicom_cdk.settings.site import SiteSettings

POSTGRES = {"13.0": "13.22", "14.0": "14.19", "15.0": "15.14"}
"""Client programs for each `database.engine_version`: an older pg_dump refuses a server, a newer one writes what it cannot read."""


def image_tags(settings: SiteSettings) -> dict[str, str]:
    """Tags by repository of the registry (`service.rooms.registry.BASE_IMAGES`)."""
    archive, directory, sql = settings.archive, settings.directory, settings.database.schema_sql
    belonging = tags(archive.behaves_like or archive.version)
    dumps = {"postgres": POSTGRES[settings.database.engine_version]} if settings.recovery.region else {}
    return {
        **belonging,
        "slapd-dcm4chee": directory.image_tag or belonging["slapd-dcm4chee"],
        "dcm4chee-arc-psql": archive.version,
        "postgres-dcm4chee": sql.image_tag or belonging["postgres-dcm4chee"],
        "nginx": settings.gateway.nginx_tag,
        **dumps,
        **({"ohif-app": settings.gateway.viewer.tag} if settings.gateway.viewer.tag else {}),
    }
