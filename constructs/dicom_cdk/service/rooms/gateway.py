"""Room gateway (guide step 6): NGINX in a custom container on Function Compute 3.0, authenticated on trigger and domain.

Function Compute 2.0 of the guide is deprecated; 3.0 has no service, and its domain is authenticated apart (facts: provider 6, 8).
"""

import json
from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.fcv3_function import (
    Fcv3Function,
    Fcv3FunctionCustomContainerConfig,
    Fcv3FunctionCustomContainerConfigHealthCheckConfig,
    Fcv3FunctionLogConfig,
    Fcv3FunctionTimeouts,
    Fcv3FunctionVpcConfig,
)
from cdktf_cdktf_provider_alicloud.fcv3_provision_config import Fcv3ProvisionConfig, Fcv3ProvisionConfigTimeouts
from cdktf_cdktf_provider_alicloud.fcv3_trigger import Fcv3Trigger, Fcv3TriggerTimeouts
from constructs import Construct

from dicom_cdk.payload.gateway_function import PORT, environment
from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.image_tag import image_tag
from dicom_cdk.service.parts import ram
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.dicomweb import Dicomweb
from dicom_cdk.service.rooms.gateway_domain import METHODS, QUALIFIER, Door, custom_domain
from dicom_cdk.service.rooms.gateway_login import edition_of, login_of
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.settings.models import gateway as settings_gateway

NETWORK_CARD = [
    "ecs:CreateNetworkInterface",
    "ecs:DeleteNetworkInterface",
    "ecs:DescribeNetworkInterfaces",
    "ecs:CreateNetworkInterfacePermission",
    "ecs:DescribeNetworkInterfacePermissions",
]
"""What Function Compute does for the function's network card in vSwitch g."""


class Gateway(Construct):
    """Function, trigger, custom domain and its CNAME."""

    url: str
    """Where clients go: the custom domain, or the function's own address."""
    signed_url: str
    """Where programs go that sign their requests: the same, unless people log in there."""
    function_name: str
    image: str
    """Reference of its image, which room filter runs too."""
    image_ready: Sequence[ITerraformDependable]
    """The image is in the registry; empty where the site brings its own."""
    edition: Edition
    """What that image can do."""
    ae_titles: Sequence[str]
    """Those whose paths are open."""
    open_dimse: bool

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_gateway.Gateway,
        platform: Platform,
        archive: Archive,
        dicomweb: Dicomweb,
    ) -> None:
        """`archive`: its host builds the image, unless the settings name one."""
        super().__init__(scope, id)
        site, network, logs, registry = platform.site, platform.network, platform.logs, platform.registry
        ae_titles, role = archive.dicom.web_titles, platform.secrets.roles["gateway"]
        self.edition, self.image_ready, self.ae_titles = edition_of(settings), [], ae_titles
        login, self.open_dimse = login_of(settings), settings.open_dimse
        if settings.image is None:
            bases = {"base": registry.images["nginx"]}
            if self.edition.viewer:
                bases["viewer"] = registry.images["ohif-app"]
            self.image = f"{registry.address}/nginx:{image_tag(edition=self.edition, **bases)}"
            self.image_ready = archive.build_gateway_image(edition=self.edition, bases=bases, image=self.image)
        else:
            self.image = settings.image
        ram.grant(
            self,
            "run",
            role=role,
            name=f"{site.name}-gateway",
            statements=[
                ram.allow(
                    ["log:PostLogStoreLogs"],
                    [f"acs:log:{site.region}:{site.account_id}:project/{logs.name}/logstore/gateway"],
                ),
                ram.allow(NETWORK_CARD, [f"acs:ecs:{site.region}:{site.account_id}:*"]),
                ram.allow(
                    ["vpc:DescribeVSwitchAttributes", "vpc:DescribeVpcAttribute"],
                    [f"acs:vpc:{site.region}:{site.account_id}:*"],
                ),
            ],
        )
        function = Fcv3Function(
            self,
            "function",
            function_name=settings.function_name or f"{site.name}-dicomweb-do",
            description=f"Gateway of DICOM service {site.name}",
            runtime="custom-container",
            # Required by the provider, without meaning for a container.
            handler="index.handler",
            cpu=settings.cpu_cores,
            memory_size=settings.memory_mb,
            disk_size=512,
            timeout=settings.timeout_seconds,
            instance_concurrency=settings.concurrency,
            internet_access=False,
            role=role.arn,
            environment_variables=dict(
                environment(
                    region=site.region,
                    domain=settings.domain,
                    ae_titles=ae_titles,
                    server_host=dicomweb.host,
                    server_port=dicomweb.port,
                    function_path=settings.function_path,
                    open_dimse=settings.open_dimse,
                    body_limit_mb=settings.body_limit_mb,
                    timeout_seconds=settings.timeout_seconds,
                    allowed_origins=settings.allowed_origins,
                    edition=self.edition,
                    login=login,
                    signed_domain=settings.signed_domain,
                    viewer_upload=settings.viewer.upload,
                )
            ),
            custom_container_config=Fcv3FunctionCustomContainerConfig(
                image=self.image,
                port=PORT,
                health_check_config=Fcv3FunctionCustomContainerConfigHealthCheckConfig(
                    http_get_url="/healthz",
                    initial_delay_seconds=1,
                    period_seconds=5,
                    timeout_seconds=2,
                    success_threshold=1,
                    failure_threshold=3,
                ),
            ),
            vpc_config=Fcv3FunctionVpcConfig(
                vpc_id=network.vpc_id,
                vswitch_ids=[network.vswitch_g.id],
                security_group_id=network.groups["gateway"].id,
            ),
            log_config=Fcv3FunctionLogConfig(
                project=logs.project_name,
                logstore=logs.store_names["gateway"],
                log_begin_rule="None",
                enable_request_metrics=True,
                enable_instance_metrics=True,
            ),
            tags=site.tags,
            timeouts=Fcv3FunctionTimeouts(create="15m", update="15m"),
            # Read back by the API, and it would force a replacement (facts: provider 6.3).
            lifecycle=TerraformResourceLifecycle(ignore_changes=["idle_timeout"]),
            # The image is pulled and the network card made with the role's rights, when the function is prepared.
            depends_on=[*registry.ready, *role.grants, *self.image_ready, dicomweb.ready],
        )
        self.function_name = function_name = function.function_name
        trigger = Fcv3Trigger(
            self,
            "trigger",
            function_name=function_name,
            trigger_type="http",
            trigger_name="http",
            qualifier=QUALIFIER,
            description="HTTP, signed requests only",
            trigger_config=json.dumps({"authType": "function", "methods": METHODS}, separators=(",", ":")),
            timeouts=Fcv3TriggerTimeouts(create="15m"),
        )
        if settings.min_instances:
            Fcv3ProvisionConfig(
                self,
                "min-instances",
                function_name=function_name,
                qualifier=QUALIFIER,
                target=settings.min_instances,
                timeouts=Fcv3ProvisionConfigTimeouts(create="15m"),
            )
        own = trigger.http_trigger.get(0).url_internet
        if settings.domain is None:
            self.url = self.signed_url = own
            return
        self.url = f"https://{settings.domain}"
        people = Door(settings.domain, ae_titles, login, self.edition.viewer, settings.viewer.without_login)
        custom_domain(self, site, settings, function_name, people)
        self.signed_url = own if login else self.url
        if settings.signed_domain is not None:
            self.signed_url = f"https://{settings.signed_domain}"
            programs = Door(settings.signed_domain, ae_titles, name="signed-")
            custom_domain(self, site, settings, function.function_name, programs)
