"""The wiring: one stack for one site, rooms in the order of the deployment guide. Only here do rooms meet."""

from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from dicom_cdk.service.database import Database
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.logs import Logs
from dicom_cdk.service.names import ReadableStack, pin_providers, write_moves
from dicom_cdk.service.network import Network
from dicom_cdk.service.registry import Registry
from dicom_cdk.service.secrets import Secrets
from dicom_cdk.service.state import keep_state
from dicom_cdk.service.storage import Storage
from dicom_cdk.settings.site import SiteSettings


class DicomStack(ReadableStack):
    """The DICOM service of one site."""

    def __init__(self, scope: Construct, settings: SiteSettings) -> None:
        super().__init__(scope, settings.name)
        site = Identity.of(settings)
        AlicloudProvider(self, "alicloud", region=site.region, account_id=site.account_id)
        RandomProvider(self, "random")
        pin_providers(self, "alicloud", "random")
        keep_state(self, settings.name, site, settings.state)
        write_moves(self, settings.moved)
        network = Network(self, "network", site=site, settings=settings.network)
        Logs(self, "logs", site=site, settings=settings.logs)
        secrets = Secrets(self, "secrets", site=site, settings=settings.secrets)
        Registry(
            self,
            "registry",
            site=site,
            settings=settings.registry,
            tags={
                "slapd-dcm4chee": settings.directory.image_tag,
                "dcm4chee-arc-psql": settings.archive.version,
                "dcm4che-tools": settings.archive.version,
                "postgres-dcm4chee": "15-25",
                "nginx": settings.gateway.nginx_tag,
            },
            network=network,
            secrets=secrets,
        )
        Database(self, "database", site=site, settings=settings.database, network=network, secrets=secrets)
        Storage(
            self,
            "storage",
            site=site,
            settings=settings.storage,
            generation=settings.secrets.generations.storage,
            backup_retention_days=settings.directory.backup_retention_days,
            secrets=secrets,
        )
