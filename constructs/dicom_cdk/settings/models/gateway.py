"""Room gateway: NGINX on Function Compute (guide step 6)."""

from typing import Annotated, Literal

from pydantic import Field

from dicom_cdk.settings.models.archive import AeTitle
from dicom_cdk.settings.models.base import ImageReference, ImageTag, Settings, setting

Origin = Annotated[str, Field(pattern=r"^https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?$", max_length=253)]
"""Where a page comes from: scheme, host and port, without a slash at the end (RFC 6454)."""

ClaimName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,128}$")]
"""A claim of a token by its name, or by the way to it with dots, such as realm_access.roles."""

Role = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/@-]{1,128}$")]
"""One word of a claim that holds roles."""


class Jwk(Settings):
    """A public key of the identity provider (RFC 7517): what its JWKS says, without certificates."""

    kid: str = setting(pattern=r"^[A-Za-z0-9._~+/=-]{1,128}$")
    """Key id: tokens name it."""
    kty: Literal["RSA", "EC"]
    """Kind of key."""
    alg: Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
    """Algorithm of the signature; HS is refused: who checks one of those can make one."""
    use: Literal["sig"] = "sig"
    """What the key is for."""
    n: str | None = setting(None, max_length=1400)
    """Modulus of an RSA key, base64url."""
    e: str | None = setting(None, max_length=8)
    """Exponent of an RSA key, base64url."""
    crv: Literal["P-256", "P-384", "P-521"] | None = None
    """Curve of an EC key."""
    x: str | None = setting(None, max_length=90)
    """First coordinate of an EC key, base64url."""
    y: str | None = setting(None, max_length=90)
    """Second coordinate of an EC key, base64url."""


class Login(Settings):
    """People log in at an identity provider (OpenID Connect): the domain asks for its tokens then, not for signatures."""

    issuer: str | None = setting(None, pattern=r"^https://[^/?#\s]+(/[^?#\s]*)?$", max_length=255)
    """Issuer of the tokens, as they say it (iss); its discovery document lies below. Without one nobody logs in."""
    audience: str | None = setting(None, pattern=r"^[A-Za-z0-9._~:/@-]{1,255}$")
    """Who the tokens must be for (aud)."""
    jwks: tuple[Jwk, ...] = ()
    """The issuer's public keys, 1 to 4; `dicom-cdk login keys` fetches them. A key that is not listed opens nothing."""
    client_id: str | None = setting(None, pattern=r"^[A-Za-z0-9._~:/@-]{1,255}$")
    """Public client that the viewer logs in as."""
    scope: str = setting("openid", pattern=r"^[A-Za-z0-9._~:/@-]+( [A-Za-z0-9._~:/@-]+)*$", max_length=255)
    """Scopes that the viewer asks for."""
    ae_claim: ClaimName | None = None
    """Claim with the AE titles that somebody may use; default: all of gateway.ae_titles."""
    role_claim: ClaimName | None = None
    """Claim with roles; default: whoever has a token may read and nobody may store."""
    read_roles: tuple[Role, ...] = ()
    """Roles that may search and retrieve."""
    write_roles: tuple[Role, ...] = ()
    """Roles that may store; none: nobody stores with a token."""
    user_claim: ClaimName = "preferred_username"
    """Claim with the user's name, for the access log."""


class Viewer(Settings):
    """A viewer in the browser at /viewer of the gateway's domain: OHIF. People log in for everything that it shows."""

    tag: ImageTag | None = None
    """Tag of the mirrored image ohif/app, such as v3.13.2 (the image step stops at one that it was not written for)."""
    upload: bool = False
    """Offer to store files from the browser, each at most body_limit_mb large; gateway.login.write_roles say who may."""
    without_login: str | None = setting(None, min_length=10, max_length=300)
    """Why this viewer has no login: what of the site's own lets people in and signs what they ask, as the domain wants it then."""


class Gateway(Settings):
    """Authenticated gateway."""

    domain: str | None = setting(None, guide="6.7", pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Custom domain. Without one the function's own address is used: for testing only, browsers download what it answers."""
    dns: bool = setting(True, guide="6.4")
    """Create the CNAME of the domain in Alibaba Cloud DNS; switch off where the zone is kept elsewhere."""
    dns_zone: str | None = setting(None, guide="6.4", pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Zone of the domain in Alibaba Cloud DNS; default: its last two labels."""
    function_name: str | None = setting(None, guide="6.6", pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")
    """Name of the function; default <site>-dicomweb-do (the guide's service and function in one)."""
    ae_titles: tuple[AeTitle, ...] | None = setting(None, guide="6.1")
    """AE titles that the gateway lets through; default: the archive's."""
    open_dimse: bool = False
    """Let the archive's dimse paths through: they start associations to other systems."""
    allowed_origins: tuple[Origin, ...] = ()
    """Origins of web pages that may call the custom domain from a browser (CORS); default: none."""
    login: Login = Login()
    """Login of people, for browsers."""
    viewer: Viewer = Viewer()
    """Viewer in the browser."""
    signed_domain: str | None = setting(None, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)
    """Second custom domain, for programs that sign their requests, where `domain` asks for tokens."""
    function_path: str = setting("", guide="6.6", pattern=r"^[A-Za-z0-9_./-]*$")
    """Path prefix of callers that still use the old address form, such as 2016-08-15/proxy/dicomweb.LATEST/do."""
    cpu_cores: Literal[1, 2, 4] = 2
    """Processor cores of an instance; memory to cores must be 1:1 to 4:1 in GiB."""
    memory_mb: int = setting(4096, guide="6.6", ge=512, le=32768, multiple_of=64)
    """Memory of an instance, MiB."""
    concurrency: int = setting(100, guide="6.6", ge=1, le=200)
    """Requests that one instance handles at a time."""
    min_instances: int = setting(1, guide="6.6", ge=0, le=100)
    """Instances that are always there."""
    timeout_seconds: int = setting(300, ge=1, le=86400)
    """Longest time of one request."""
    body_limit_mb: int = setting(32, ge=1, le=32)
    """Largest request body, MiB; Function Compute stops at 32 MB. Larger studies go over DIMSE or the intranet."""
    nginx_tag: ImageTag = setting("1.28.0", guide="6.2")
    """Tag of the NGINX base image."""
    image: ImageReference | None = None
    """A gateway image of your own; nothing is built on the archive host then."""
