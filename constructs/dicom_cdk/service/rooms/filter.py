"""Room filter: the gateway's NGINX once more, on SAE, between the hospitals' networks and the archive's HTTP port.

That port knows no login: who reaches it reads the bucket's AccessKey, deletes studies, stops the archive. Not on Function
Compute, whose 32 MB a study exceeds; not on a host, whose maintenance would take the hospitals' DICOMweb away (decision 18).
"""

import json

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.sae_application import SaeApplication
from constructs import Construct

from dicom_cdk.payload.gateway_function import HEALTH_PATH, HEALTHY, PORT, environment
from dicom_cdk.service.parts import sae
from dicom_cdk.service.parts.balancer import intranet_balancer
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_cidr, allow_networks
from dicom_cdk.service.rooms.dicomweb import Dicomweb
from dicom_cdk.service.rooms.gateway import Gateway
from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.settings.models import filter as settings_filter

TERMINATION_SECONDS = 60
"""From the order to stop to the end of requests that still run."""


def filter_of(
    scope: Construct,
    settings: settings_filter.Filter,
    platform: Platform,
    dicomweb: Dicomweb,
    gateway: Gateway,
) -> "Filter | None":
    """The room of a site that names hospitals' networks; else None."""
    if not platform.network.reach.hospitals:
        return None
    return Filter(scope, "filter", settings=settings, platform=platform, dicomweb=dicomweb, gateway=gateway)


class Filter(Construct):
    """SAE application and its balancer, the address of DICOMweb for hospitals."""

    url: str
    """Address for hospitals, without the AE title."""
    balancer_id: str
    ready: ITerraformDependable
    """The filter answers behind its balancer."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_filter.Filter,
        platform: Platform,
        dicomweb: Dicomweb,
        gateway: Gateway,
    ) -> None:
        """`gateway`: whose image this runs, with the same allow list."""
        super().__init__(scope, id)
        site, network, registry = platform.site, platform.network, platform.registry
        group = network.groups["filter"]
        balancer = intranet_balancer(
            self,
            "balancer",
            site=site,
            name=settings.balancer_name,
            address=settings.balancer_ip,
            main=network.vswitch_l,
            standby=network.vswitch_g,
        )
        # The reference only where it is not known: readers of the stack like an address better.
        host = f"{settings.balancer_ip or balancer.address}:{PORT}"
        variables = environment(
            side="intranet",
            edition=gateway.edition,
            region=site.region,
            domain=host,
            scheme="http",
            ae_titles=gateway.ae_titles,
            server_host=dicomweb.host,
            server_port=dicomweb.port,
            open_dimse=gateway.open_dimse,
            body_limit_mb=settings.body_limit_mb,
            timeout_seconds=settings.timeout_seconds,
        )
        application = SaeApplication(
            self,
            "application",
            app_name=settings.app_name,
            app_description=f"DICOMweb of {site.name} for hospitals' networks",
            namespace_id=dicomweb.namespace_id,
            vpc_id=network.vpc_id,
            vswitch_id=f"{network.vswitch_l.id},{network.vswitch_g.id}",
            security_group_id=group.id,
            package_type="Image",
            image_url=gateway.image,
            acr_instance_id=registry.instance_id if registry.holds(gateway.image) else None,
            replicas=settings.replicas,
            cpu=settings.cpu_millicores,
            memory=settings.memory_mb,
            envs=json.dumps(
                [{"name": name, "value": value} for name, value in variables.items()],
                separators=(",", ":"),
                ensure_ascii=False,
            ),
            readiness_v2=sae.readiness(HEALTH_PATH, PORT, HEALTHY, delay_seconds=5),
            liveness_v2=sae.liveness(HEALTH_PATH, PORT, HEALTHY, delay_seconds=30, timeout_seconds=5, failures=3),
            pre_stop_v2=sae.pre_stop(),
            termination_grace_period_seconds=TERMINATION_SECONDS,
            sls_configs=_logs_to(platform.logs),
            tags=site.tags,
            depends_on=[*registry.ready, *gateway.image_ready, dicomweb.ready],
        )
        self.ready = sae.listen(self, "binding", application=application, balancer=balancer, ports=[PORT])
        self.url = f"http://{host}/dcm4chee-arc"
        self.balancer_id = balancer.id
        allow_cidr(self, "from-health-checks", into=group, port=PORT, cidr=HEALTH_CHECKS, reason="CLB health checks")
        allow_networks(
            self,
            "from-hospital",
            into=group,
            ports={PORT: "DICOMweb, filtered"},
            cidrs=network.reach.hospitals,
            client="hospital network",
        )


def _logs_to(logs: Logs) -> str:
    """The gateway's store: the same lines, told apart by their `side`."""
    return sae.logs_to(logs.store_names["gateway"], logs.project_name, sae.STDOUT)
