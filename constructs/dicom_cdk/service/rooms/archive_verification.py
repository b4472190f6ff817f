"""Studies that the archive's host has read back every night (facts: archive 2.4)."""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.settings.models import archive as settings_archive

ROOM = "verification"
"""Name of the bundle."""


def lines_of(settings: settings_archive.Archive) -> list[str]:
    """Rooms with lines of their own in dicom-health: this one, where the site wants it."""
    return [ROOM] if settings.verify_studies else []


def nightly(
    scope: Construct, settings: settings_archive.Archive, *, host: DockerHost, after: list[ITerraformDependable]
) -> EcsInvocation:
    """The cron job is there."""
    return HostStep(
        scope,
        "verify",
        host=host,
        bundle=Bundle.from_assets(ROOM),
        entry="nightly",
        values={"ae_title": settings.ae_title, "studies": settings.verify_studies},
        timeout_seconds=120,
        after=after,
    ).ready
