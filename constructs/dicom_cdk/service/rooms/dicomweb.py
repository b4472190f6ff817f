"""Room dicomweb (guide step 5): the archive's image on Serverless App Engine, behind an intranet balancer of our own.

The balancer is ours because SAE would buy one of a kind that is sold no more; its address is fixed (facts: provider 5).
"""

from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.sae_application import SaeApplication, SaeApplicationNasConfigs
from cdktf_cdktf_provider_alicloud.sae_namespace import SaeNamespace
from constructs import Construct

from dicom_cdk.payload import cache as folder
from dicom_cdk.payload.archive_start import started
from dicom_cdk.payload.dicomweb_application import (
    PORT,
    SERVER_LOG,
    STARTED,
    STATUS_PATH,
    TERMINATION_SECONDS,
    environment,
    heap_mb,
)
from dicom_cdk.service.parts import sae
from dicom_cdk.service.parts.balancer import intranet_balancer
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_cidr, allow_group, allow_networks
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.archive_upgrade import start_again
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.dicomweb_dimse import Balanced
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage_cache import Cache
from dicom_cdk.settings.models import dicomweb as settings_dicomweb


def _logs_to(logs: Logs) -> str:
    """Standard output holds the start only: the archive's root logger writes to its file, with queries, hence patient data."""
    store, project = logs.store_names["dicomweb"], logs.project_name
    return sae.logs_to(store, project, sae.STDOUT, {"logDir": SERVER_LOG, "logtailName": ""})


def _mounts(cache: Cache | None) -> dict[str, Any]:
    """The folder that images are received into, and a start that waits for it."""
    if cache is None:
        return {}
    return {
        "nas_configs": [
            SaeApplicationNasConfigs(
                nas_id=cache.file_system_id,
                nas_path=folder.EXPORT,
                mount_path=folder.FOLDER,
                mount_domain=cache.domain,
                read_only=False,
            )
        ],
        **started(shared_folder=True, own_keys=False),
    }


class Dicomweb(Construct):
    """SAE application and its balancer."""

    host: str
    port: int
    url: str
    """Address for the rooms of this site; no network reaches it."""
    balancer_id: str
    application_id: str
    namespace_id: str
    """The site's namespace on SAE."""
    ready: ITerraformDependable
    """The application answers behind its balancer."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_dicomweb.Dicomweb,
        platform: Platform,
        database: Database,
        directory: Directory,
        archive: Archive,
    ) -> None:
        super().__init__(scope, id)
        site, network, logs = platform.site, platform.network, platform.logs
        secrets, registry = platform.secrets, platform.registry
        namespace = SaeNamespace(
            self,
            "namespace",
            namespace_name=site.name,
            namespace_description=f"DICOM service {site.name}",
            namespace_id=archive.dicom.namespace_id,
        )
        balanced = Balanced(self, platform=platform, archive=archive, namespace_id=namespace.namespace_id)
        image = registry.images["dcm4chee-arc-psql"]
        application = SaeApplication(
            self,
            "application",
            app_name=archive.dicom.application,
            app_description=f"DICOMweb of {site.name}",
            namespace_id=namespace.namespace_id,
            vpc_id=network.vpc_id,
            # One comma-joined string, as in the guide's two vSwitches.
            vswitch_id=f"{network.vswitch_l.id},{network.vswitch_g.id}",
            security_group_id=network.groups["dicomweb"].id,
            package_type="Image",
            image_url=image,
            acr_instance_id=registry.instance_id if registry.holds(image) else None,
            replicas=settings.replicas,
            # Where a release is changed without a stop: all but one answer at any time.
            min_ready_instances=settings.replicas - 1 if archive.walk.rolling and settings.replicas > 1 else None,
            cpu=settings.cpu_millicores,
            memory=settings.memory_mb,
            envs=environment(
                ldap_url=directory.url,
                base_dn=archive.dicom.base_dn,
                device_name=archive.dicom.device_name,
                # SAE cannot read KMS: references, never text.
                ldap_password=secrets.values["ldap-root"],
                database_host=database.host,
                database_port=database.port,
                database_name=database.name,
                database_user=database.user,
                database_password=secrets.values["database"],
                database_sslmode="require",
                heap=heap_mb(settings.memory_mb, settings.heap_percent),
                # A changed storage entry rolls the instances.
                storage_generation=archive.storage_generation,
                time_zone=archive.time_zone,
                more=balanced.environment,
            ),
            # WildFly takes a minute or two to deploy the archive.
            readiness_v2=sae.readiness(STATUS_PATH, PORT, STARTED, delay_seconds=60),
            # An archive whose deployment failed never mends itself and keeps its port open. Late: a start may wait for LDAP.
            liveness_v2=sae.liveness(STATUS_PATH, PORT, STARTED, delay_seconds=600, timeout_seconds=10, failures=10),
            post_start_v2=sae.post_start(),
            pre_stop_v2=sae.pre_stop(),
            termination_grace_period_seconds=TERMINATION_SECONDS,
            timezone=archive.time_zone,
            sls_configs=_logs_to(logs),
            tags=site.tags,
            **(_mounts(archive.cache) | balanced.started()),
            depends_on=[database.ready, directory.listener, *registry.ready, *archive.ready_for_clients],
        )
        balancer = intranet_balancer(
            self,
            "balancer",
            site=site,
            name=settings.balancer_name,
            address=settings.balancer_ip,
            main=network.vswitch_l,
            standby=network.vswitch_g,
        )
        ports = [PORT, *balanced.ports]
        self.ready = sae.listen(self, "binding", application=application, balancer=balancer, ports=ports)
        balanced.open(balancer)
        if archive.walk.stops:
            start_again(
                self,
                host=archive.host,
                dicom=archive.dicom,
                replicas=settings.replicas,
                after=[application, self.ready],
            )
        self.host, self.port = settings.balancer_ip, PORT
        self.url = f"http://{self.host}:{PORT}/dcm4chee-arc"
        self.balancer_id, self.application_id = balancer.id, application.id
        self.namespace_id = namespace.namespace_id
        group = network.groups["dicomweb"]
        allow_cidr(self, "from-health-checks", into=group, port=PORT, cidr=HEALTH_CHECKS, reason="CLB health checks")
        for client in ("gateway", "archive", "filter"):
            if client not in network.groups:
                continue
            allow_group(
                self,
                f"from-{client}",
                into=group,
                port=PORT,
                client=network.groups[client],
                reason=f"DICOMweb from the {client}",
            )
        # Only while they change over to the filter's address. The names are those of the time before there was a filter.
        allow_networks(
            self,
            "from-hospital",
            into=group,
            ports={PORT: "DICOMweb"},
            cidrs=network.reach.unfiltered,
            client="hospital network",
        )
