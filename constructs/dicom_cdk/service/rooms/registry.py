"""Room registry (guide steps 3, 4, 6): Container Registry Enterprise Edition, its repositories, who may pull.

How the base images get in is left out by the guide: subscription rules fetch them, or the operator pushes them.
Each host waits for the images it pulls; nothing here does (facts: provider 6.2, 6.3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.cr_artifact_subscription_rule import CrArtifactSubscriptionRule
from cdktf_cdktf_provider_alicloud.cr_ee_instance import CrEeInstance, CrEeInstanceTimeouts
from cdktf_cdktf_provider_alicloud.cr_ee_namespace import CrEeNamespace
from cdktf_cdktf_provider_alicloud.cr_ee_repo import CrEeRepo
from cdktf_cdktf_provider_alicloud.cr_vpc_endpoint_linked_vpc import (
    CrVpcEndpointLinkedVpc,
    CrVpcEndpointLinkedVpcTimeouts,
)
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.settings.models import registry as settings_registry

BASE_IMAGES = {
    "slapd-dcm4chee": ("dcm4che", "slapd-dcm4chee"),
    "dcm4chee-arc-psql": ("dcm4che", "dcm4chee-arc-psql"),
    "dcm4che-tools": ("dcm4che", "dcm4che-tools"),
    "postgres-dcm4chee": ("dcm4che", "postgres-dcm4chee"),
    "nginx": ("library", "nginx"),
    "postgres": ("library", "postgres"),
    "ohif-app": ("ohif", "app"),
}
"""The repositories that a site may need, and the Docker Hub namespace and repository that each one mirrors."""


class Registry(Construct):
    """Registry address, repositories, image references."""

    instance_id: str
    address: str
    """Host name on the VPC and namespace, such as x-registry-vpc.cn-shanghai.cr.aliyuncs.com/dicom."""
    images: dict[str, str]
    """Whole references of the base images, by repository; the site's own reference where it gives one."""
    ready: list[ITerraformDependable]
    """What must exist before anybody can pull: repositories and the link to the VPC."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_registry.Registry,
        tags: dict[str, str],
        network: Network,
        secrets: Secrets,
    ) -> None:
        """`tags`: the tag of each base image that the site needs, by repository."""
        super().__init__(scope, id)
        self.instance_id = settings.instance_id or self._instance(settings.instance_name or site.unique, site, settings)
        self.address = address(site, settings)
        self.images = references(settings, self.address, tags)
        self.ready = self._repositories(settings, tags) if settings.make_repositories else []
        if settings.subscribe:
            for repository, tag in tags.items():
                if self.holds(self.images[repository]):
                    self._subscription(settings.namespace, repository, BASE_IMAGES[repository], tag)
        if settings.link_vpc:
            self.ready.append(
                CrVpcEndpointLinkedVpc(
                    self,
                    "vpc-link",
                    instance_id=self.instance_id,
                    vpc_id=network.vpc_id,
                    # Function Compute resolves the registry only in the vSwitch that is linked (facts: provider 6.3).
                    vswitch_id=network.vswitch_g.id,
                    module_name="Registry",
                    enable_create_dns_record_in_pvzt=True,
                    timeouts=CrVpcEndpointLinkedVpcTimeouts(create="15m"),
                )
            )
        self._grants(site, settings, secrets)

    def _instance(self, name: str, site: Identity, settings: settings_registry.Registry) -> str:
        subscription = settings.payment_type == "Subscription"
        return CrEeInstance(
            self,
            "instance",
            instance_name=name,
            payment_type=settings.payment_type,
            instance_type=settings.instance_type,
            period=settings.period_months if subscription else None,
            renewal_status=("AutoRenewal" if settings.auto_renewal else "ManualRenewal") if subscription else None,
            renew_period=settings.period_months if subscription and settings.auto_renewal else None,
            image_scanner="ACR",
            default_oss_bucket="true",
            tags=site.tags,
            timeouts=CrEeInstanceTimeouts(create="30m"),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
        ).id

    def holds(self, image: str) -> bool:
        """Whether `image` is a reference into this registry."""
        return image.startswith(f"{self.address}/")

    def _repositories(
        self, settings: settings_registry.Registry, repositories: Iterable[str]
    ) -> list[ITerraformDependable]:
        namespace = CrEeNamespace(
            self,
            "namespace",
            instance_id=self.instance_id,
            name=settings.namespace,
            auto_create=False,
            default_visibility="PRIVATE",
        ).name
        return [
            CrEeRepo(
                self,
                repository,
                instance_id=self.instance_id,
                namespace=namespace,
                name=repository,
                repo_type="PRIVATE",
                summary=f"DICOM service: {repository}",
                # Function Compute records tag and digest: a tag must never move.
                tag_immutability=True,
            )
            for repository in repositories
        ]

    def _subscription(self, namespace: str, repository: str, source: tuple[str, str], tag: str) -> None:
        source_namespace, source_repository = source
        CrArtifactSubscriptionRule(
            self,
            f"subscription-{repository}",
            instance_id=self.instance_id,
            namespace_name=namespace,
            repo_name=repository,
            source_provider="DOCKER_HUB",
            source_namespace_name=source_namespace,
            source_repo_name=source_repository,
            platform=["linux/amd64"],
            tag_regexp="^" + tag.replace(".", "\\.") + "$",
            tag_count=1,
            override=False,
            depends_on=self.ready,
        )

    def _grants(self, site: Identity, settings: settings_registry.Registry, secrets: Secrets) -> None:
        repositories = f"acs:cr:{site.region}:{site.account_id}:repository/{self.instance_id}/{settings.namespace}"
        # The API takes no narrower resource for a login token.
        login = ram.allow(["cr:GetAuthorizationToken"], ["*"])
        pull = ram.allow(["cr:PullRepository"], [f"{repositories}/*"])
        push = ram.allow(["cr:PushRepository"], [f"{repositories}/nginx"])
        for room, statements in (("directory", [login, pull]), ("archive", [login, pull, push])):
            ram.grant(
                self,
                f"pull-{room}",
                role=secrets.roles[room],
                name=f"{site.name}-{room}-registry",
                statements=statements,
            )
        secrets.roles["gateway"].attach(
            self, "pull-gateway", policy="AliyunContainerRegistryReadOnlyAccess", policy_type="System"
        )


@dataclass
class Source:
    """A registry that another stack made, as a host needs it to pull."""

    instance_id: str
    address: str
    ready: list[ITerraformDependable]


def address(site: Identity, settings: settings_registry.Registry) -> str:
    """Host name of a site's registry on its VPC, and the namespace."""
    name = settings.instance_name or site.unique
    return f"{name}-registry-vpc.{site.region}.cr.aliyuncs.com/{settings.namespace}"


def references(settings: settings_registry.Registry, address: str, tags: Mapping[str, str]) -> dict[str, str]:
    """Whole references of the base images, by repository."""
    own = settings.images.model_dump()
    return {
        repository: own[repository.replace("-", "_")] or f"{address}/{repository}:{tag}"
        for repository, tag in tags.items()
    }
