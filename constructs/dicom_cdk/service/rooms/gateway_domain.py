"""The gateway's custom domain: certificate, CNAME, CORS, and the paths that it leads on.

The trigger's authentication does not cover a domain, which is authenticated apart (facts: provider 6, 8).
"""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformVariable
from cdktf_cdktf_provider_alicloud.alidns_record import AlidnsRecord
from cdktf_cdktf_provider_alicloud.fcv3_custom_domain import (
    Fcv3CustomDomain,
    Fcv3CustomDomainAuthConfig,
    Fcv3CustomDomainCertConfig,
    Fcv3CustomDomainCorsConfig,
    Fcv3CustomDomainRouteConfig,
    Fcv3CustomDomainRouteConfigRoutes,
    Fcv3CustomDomainTimeouts,
    Fcv3CustomDomainTlsConfig,
)
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.settings.models import gateway as settings_gateway

METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
QUALIFIER = "LATEST"


def custom_domain(
    scope: Construct,
    site: Identity,
    settings: settings_gateway.Gateway,
    domain: str,
    function_name: str,
    ae_titles: Sequence[str],
) -> None:
    """`domain` leads to the paths of `ae_titles`, signed requests only; with its CNAME where the site has it made."""
    certificate = TerraformVariable(
        scope,
        "certificate",
        type="string",
        sensitive=True,
        description=f"Certificate chain of {domain}, PEM",
    )
    private_key = TerraformVariable(
        scope,
        "private-key",
        type="string",
        sensitive=True,
        description=f"Private key of the certificate of {domain}, PEM",
    )
    certificate.override_logical_id("gateway_certificate")
    private_key.override_logical_id("gateway_private_key")
    record: list[ITerraformDependable] = []
    if settings.dns:
        zone = settings.dns_zone or ".".join(domain.split(".")[-2:])
        record.append(
            AlidnsRecord(
                scope,
                "cname",
                domain_name=zone,
                rr=domain.removesuffix(zone).rstrip(".") or "@",
                type="CNAME",
                value=f"{site.account_id}.{site.region}.fc.aliyuncs.com",
                ttl=600,
                remark=f"DICOM service {site.name}",
            )
        )
    Fcv3CustomDomain(
        scope,
        "domain",
        custom_domain_name=domain,
        protocol="HTTPS",
        # The trigger's authentication does not cover the domain.
        auth_config=Fcv3CustomDomainAuthConfig(auth_type="function"),
        cert_config=Fcv3CustomDomainCertConfig(
            cert_name=f"{site.name}-gateway",
            certificate=certificate.string_value,
            private_key=private_key.string_value,
        ),
        cors_config=_cors(settings.allowed_origins),
        tls_config=Fcv3CustomDomainTlsConfig(min_version="TLSv1.2", max_version="TLSv1.3"),
        route_config=Fcv3CustomDomainRouteConfig(
            routes=[
                Fcv3CustomDomainRouteConfigRoutes(
                    path=f"/dcm4chee-arc/aets/{title}/*",
                    function_name=function_name,
                    qualifier=QUALIFIER,
                    methods=METHODS,
                )
                for title in ae_titles
            ]
        ),
        timeouts=Fcv3CustomDomainTimeouts(create="15m"),
        # The vendor resolves the name when the domain is created.
        depends_on=record or None,
    )


def _cors(origins: Sequence[str]) -> Fcv3CustomDomainCorsConfig | None:
    """What browsers need to call the domain from pages of `origins`; tokens come in a header, never as cookies."""
    if not origins:
        return None
    return Fcv3CustomDomainCorsConfig(
        allow_origins=list(origins),
        allow_methods=METHODS,
        allow_headers=["Accept", "Authorization", "Content-Type"],
        expose_headers=["Content-Type", "ETag", "Warning"],
        allow_credentials=False,
        max_age=600,
    )
