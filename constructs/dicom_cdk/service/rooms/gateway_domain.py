"""The gateway's custom domains: certificate, CNAME, CORS, who may come, and the paths that they lead on.

The trigger's authentication does not cover a domain, which is authenticated apart (facts: provider 6, 8). A domain has one kind
of authentication: people with tokens and programs that sign come by two (facts: viewer 1.1).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

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

from dicom_cdk.payload.login import VIEWER_PATHS, Login
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.waivers import waive
from dicom_cdk.settings.models import gateway as settings_gateway

VIEWER_HAS_LOGIN, APPROVED = "CKV2_DICOM_44", "gateway.viewer.without_login of the site file"
WAIVED_UNTIL = datetime.date(2099, 12, 31)
"""The reason stands in the site file, where whoever reviews it sees it."""
METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
QUALIFIER = "LATEST"


@dataclass(frozen=True)
class Door:
    """A domain: where it leads, and whether tokens or, without `login`, signatures are asked for there."""

    domain: str
    ae_titles: Sequence[str]
    login: Login | None = None
    viewer: bool = False
    """The viewer's files are there too; for everybody, where tokens are asked for."""
    without_login: str | None = None
    """Why there is a viewer and no login."""
    name: str = ""
    """Before the names of what belongs to it, for the second of two."""


def custom_domain(
    scope: Construct, site: Identity, settings: settings_gateway.Gateway, function_name: str, door: Door
) -> None:
    """`door` leads to the paths of its AE titles; with its CNAME where the site has it made."""
    domain, name, prefix = door.domain, door.name, door.name.replace("-", "_")
    certificate = TerraformVariable(
        scope,
        f"{name}certificate",
        type="string",
        sensitive=True,
        description=f"Certificate chain of {domain}, PEM",
    )
    private_key = TerraformVariable(
        scope,
        f"{name}private-key",
        type="string",
        sensitive=True,
        description=f"Private key of the certificate of {domain}, PEM",
    )
    certificate.override_logical_id(f"gateway_{prefix}certificate")
    private_key.override_logical_id(f"gateway_{prefix}private_key")
    record: list[ITerraformDependable] = []
    if settings.dns:
        zone = settings.dns_zone or ".".join(domain.split(".")[-2:])
        record.append(
            AlidnsRecord(
                scope,
                f"{name}cname",
                domain_name=zone,
                rr=domain.removesuffix(zone).rstrip(".") or "@",
                type="CNAME",
                value=f"{site.account_id}.{site.region}.fc.aliyuncs.com",
                ttl=600,
                remark=f"DICOM service {site.name}",
            )
        )
    made = Fcv3CustomDomain(
        scope,
        f"{name}domain",
        custom_domain_name=domain,
        protocol="HTTPS",
        # The trigger's authentication does not cover the domain.
        auth_config=_auth(door),
        cert_config=Fcv3CustomDomainCertConfig(
            cert_name=f"{site.name}-gateway{'-signed' if name else ''}",
            certificate=certificate.string_value,
            private_key=private_key.string_value,
        ),
        cors_config=_cors(() if name else settings.allowed_origins),
        tls_config=Fcv3CustomDomainTlsConfig(min_version="TLSv1.2", max_version="TLSv1.3"),
        route_config=Fcv3CustomDomainRouteConfig(
            routes=[
                Fcv3CustomDomainRouteConfigRoutes(
                    path=f"/dcm4chee-arc/aets/{title}/*",
                    function_name=function_name,
                    qualifier=QUALIFIER,
                    methods=METHODS,
                )
                for title in door.ae_titles
            ]
            + [
                Fcv3CustomDomainRouteConfigRoutes(
                    path=path, function_name=function_name, qualifier=QUALIFIER, methods=["GET", "HEAD"]
                )
                for path in (VIEWER_PATHS if door.viewer else ())
            ]
        ),
        timeouts=Fcv3CustomDomainTimeouts(create="15m"),
        # The vendor resolves the name when the domain is created.
        depends_on=record or None,
    )
    if door.without_login is not None:
        waive(made, VIEWER_HAS_LOGIN, reason=door.without_login, expires=WAIVED_UNTIL, approved_by=APPROVED)


def _auth(door: Door) -> Fcv3CustomDomainAuthConfig:
    if door.login is None:
        return Fcv3CustomDomainAuthConfig(auth_type="function")
    without_token = VIEWER_PATHS if door.viewer else ()
    return Fcv3CustomDomainAuthConfig(auth_type="jwt", auth_info=door.login.domain_auth(without_token))


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
