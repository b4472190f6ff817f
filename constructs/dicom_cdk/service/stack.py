"""The wiring: one stack for one site, rooms in the order of the deployment guide. Only here do rooms meet."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.image_tags import image_tags
from dicom_cdk.service.names import pin_random, write_moves
from dicom_cdk.service.outputs import write_outputs
from dicom_cdk.service.purchases import buy_last
from dicom_cdk.service.rooms.alarms import Alarms
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.dicomweb import Dicomweb
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.filter import filter_of
from dicom_cdk.service.rooms.gateway import Gateway
from dicom_cdk.service.rooms.hospital_links import link_hospitals
from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.recovery import recovery
from dicom_cdk.service.rooms.registry import Registry
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.service.rooms.storage import Storage, kept_days
from dicom_cdk.service.rooms.watch import Watch
from dicom_cdk.service.state import keep_state
from dicom_cdk.service.waivers import write_waivers
from dicom_cdk.settings.site import SiteSettings


class DicomStack(TerraformStack):
    """The DICOM service of one site; its rooms as attributes, for what you put beside them."""

    def __init__(self, scope: Construct, settings: SiteSettings) -> None:
        """The stack's name is the site's."""
        super().__init__(scope, settings.name)
        site, dicom = Identity.of(settings), Dicom.of(settings)

        AlicloudProvider(self, "alicloud", region=site.region, account_id=site.account_id)
        RandomProvider(self, "random")
        pin_random(self)
        keep_state(self, settings.name, site, settings.state)

        self.network = network = Network(
            self, "network", site=site, settings=settings.network, hospitals=settings.hospitals
        )
        self.logs = logs = Logs(self, "logs", site=site, settings=settings.logs, watch=settings.watch, network=network)
        self.secrets = secrets = Secrets(self, "secrets", site=site, settings=settings.secrets)
        tags = image_tags(settings)
        self.registry = registry = Registry(
            self, "registry", site=site, settings=settings.registry, tags=tags, network=network, secrets=secrets
        )
        platform = Platform(site=site, network=network, logs=logs, secrets=secrets, registry=registry)
        link_hospitals(self, settings.hospitals, platform)
        self.database = database = Database(
            self, "database", site=site, settings=settings.database, network=network, secrets=secrets, logs=logs
        )
        days = kept_days(settings.directory, settings.recovery, trail=logs.trail_days)
        self.storage = storage = Storage(
            self,
            "storage",
            site=site,
            settings=settings.storage,
            kept_days=days,
            secrets=secrets,
            network=network,
            archive_host=dicom.archive_host,
        )
        self.directory = directory = Directory(
            self, "directory", settings=settings.directory, platform=platform, dicom=dicom, storage=storage
        )
        self.archive = archive = Archive(
            self,
            "archive",
            settings=settings.archive,
            platform=platform,
            dicom=dicom,
            database=database,
            storage=storage,
            directory=directory,
        )
        self.dicomweb = dicomweb = Dicomweb(
            self,
            "dicomweb",
            settings=settings.dicomweb,
            platform=platform,
            database=database,
            directory=directory,
            archive=archive,
        )
        self.gateway = gateway = Gateway(
            self, "gateway", settings=settings.gateway, platform=platform, archive=archive, dicomweb=dicomweb
        )
        self.watch = watch = Watch(
            self, "watch", settings=settings.watch, platform=platform, storage=storage, archive=archive, gateway=gateway
        )
        self.filter = filter_of(self, settings.filter, platform, dicomweb, gateway)
        """None where no hospital's network is named."""
        self.recovery = recovery(self, settings.recovery, platform, database, storage, archive)
        """None without another region."""
        Alarms(
            self,
            "alarms",
            settings=settings.alarms,
            platform=platform,
            database=database,
            archive=archive,
            dicomweb=dicomweb,
            watch=watch,
            filter=self.filter,
        )

        write_outputs(self, secrets, database, storage, directory, archive, gateway, self.filter)
        buy_last(self)
        write_moves(self, settings.moved)
        write_waivers(self, settings.waivers)
