"""What the gateway's settings say of people: who may come with a token, and what its image must be able to do."""

from dicom_cdk.payload.gateway_image import Edition
from dicom_cdk.payload.login import Login
from dicom_cdk.settings.models import gateway as settings_gateway


def login_of(settings: settings_gateway.Gateway) -> Login | None:
    """None where nobody logs in: the domain takes signed requests then."""
    login = settings.login
    if login.issuer is None or login.audience is None:
        return None
    return Login(
        issuer=login.issuer,
        audience=login.audience,
        keys=tuple(key.model_dump(exclude_none=True) for key in login.jwks),
        ae_claim=login.ae_claim,
        role_claim=login.role_claim,
        read_roles=login.read_roles,
        write_roles=login.write_roles,
        user_claim=login.user_claim,
        client_id=login.client_id or "",
        scope=login.scope,
    )


def edition_of(settings: settings_gateway.Gateway) -> Edition:
    """The image of this site."""
    return Edition(login=settings.login.issuer is not None, viewer=settings.viewer.tag is not None)
