"""Keys that go together, and keys that would have no effect: what a site says is honoured or refused, never ignored.

Over 200 lines: one table of rules, each a few lines.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dicom_cdk.settings.check import site_schema
from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def own_vpc(site: "SiteSettings") -> Iterator[Problem]:
    """Bring your own VPC: its id with the id and zone of both vSwitches, or none of them."""
    network = site.network
    for role, vswitch in (("l", network.vswitch_l), ("g", network.vswitch_g)):
        key = f"network.vswitch_{role}"
        if network.vpc_id is not None:
            yield from needed(
                f"{key}.id", vswitch.id, "with network.vpc_id", "the id of an existing vSwitch of that VPC"
            )
            yield from needed(f"{key}.zone", vswitch.zone, "with network.vpc_id", "the zone that the vSwitch is in")
            yield from idle({f"{key}.name": vswitch.name}, "with network.vpc_id: the vSwitch has its name already")
        elif vswitch.id is not None:
            yield Problem(
                f"{key}.id", "needs network.vpc_id", shown(vswitch.id), "both or neither", "name the VPC that it is in"
            )
    if network.vpc_id is not None:
        yield from idle({"network.vpc_name": network.vpc_name}, "with network.vpc_id: the VPC has its name already")
        if network.vswitch_l.id is not None and network.vswitch_l.id == network.vswitch_g.id:
            yield Problem(
                "network.vswitch_g.id", "is that of network.vswitch_l too", shown(network.vswitch_g.id), "two vSwitches"
            )


def own_registry(site: "SiteSettings") -> Iterator[Problem]:
    """Bring your own registry: its name is part of every image's address."""
    if site.registry.instance_id is not None:
        yield from needed(
            "registry.instance_name",
            site.registry.instance_name,
            "with registry.instance_id",
            "the instance's name, which is part of its domain",
        )


def schema_source(site: "SiteSettings") -> Iterator[Problem]:
    """Where the SQL comes from."""
    schema = site.database.schema_sql
    keys = {f"database.schema_sql.{name}": getattr(schema, name) for name in ("bucket", "key", "sha256")}
    if schema.source == "image":
        yield from idle(keys, "while database.schema_sql.source is image")
    else:
        for key, value in keys.items():
            yield from needed(key, value, "with database.schema_sql.source: oss", "where the zip is and its SHA-256")


def state_backend(site: "SiteSettings") -> Iterator[Problem]:
    """What only a state in a bucket has."""
    if site.state.backend == "local":
        keys = {f"state.{name}": getattr(site.state, name) for name in ("bucket", "region", "lock_instance")}
        yield from idle(keys, "while state.backend is local")


def dns(site: "SiteSettings") -> Iterator[Problem]:
    """A zone without a name to put into it."""
    if site.gateway.domain is None:
        yield from idle({"gateway.dns_zone": site.gateway.dns_zone}, "without gateway.domain")
    elif not site.gateway.dns:
        yield from idle({"gateway.dns_zone": site.gateway.dns_zone}, "with gateway.dns: false")


def egress(site: "SiteSettings") -> Iterator[Problem]:
    """Without a way out only the vendor's internal endpoints can be reached."""
    if (
        site.network.egress == "none"
        and site.storage.endpoint is not None
        and "-internal." not in site.storage.endpoint
    ):
        yield Problem(
            "storage.endpoint",
            "cannot be reached without a way out (network.egress: none)",
            shown(site.storage.endpoint),
            "an internal endpoint such as https://s3.oss-cn-shanghai-internal.aliyuncs.com",
        )


def moves(site: "SiteSettings") -> Iterator[Problem]:
    """Old addresses to new ones of the same type, no two to the same."""
    yield from move_problems(site.moved)


def new_registry(site: "SiteSettings") -> Iterator[Problem]:
    """A new instance has no repositories and no link yet: nothing could be pulled from it."""
    registry = site.registry
    if registry.instance_id is None:
        for name, made in (("make_repositories", registry.make_repositories), ("link_vpc", registry.link_vpc)):
            if not made:
                yield Problem(
                    f"registry.{name}",
                    "needs registry.instance_id: a new instance has neither repositories nor a link",
                    shown(made),
                    "true for a new instance",
                )


def own_images(site: "SiteSettings") -> Iterator[Problem]:
    """Images of your own in places where no image is used."""
    if site.gateway.image is not None:
        yield from idle({"registry.images.nginx": site.registry.images.nginx}, "with gateway.image: nothing is built")
    if site.database.schema_sql.source == "oss":
        own = site.registry.images.postgres_dcm4chee
        yield from idle({"registry.images.postgres_dcm4chee": own}, "while database.schema_sql.source is oss")


def without_effect(site: "SiteSettings") -> Iterator[Problem]:
    """Keys that are changed although another key takes their effect away."""
    own, none = site.registry.instance_id is not None, site.network.egress == "none"
    for where, keys, why in (
        (own, _INSTANCE, "with registry.instance_id: the instance is there already"),
        (not own and site.registry.payment_type == "PayAsYouGo", _SUBSCRIBED, "with registry.payment_type: PayAsYouGo"),
        (site.database.charge_type == "Postpaid", ("database.period_months",), "with database.charge_type: Postpaid"),
        (none, ("network.egress_bandwidth_mbps",), "while network.egress is none"),
        (site.state.backend == "local", ("state.prefix", "state.lock_table"), "while state.backend is local"),
        (site.secrets.kms_key_id is not None, ("secrets.key_rotation_days",), "with secrets.kms_key_id"),
        (
            site.secrets.store == "bucket" and site.secrets.kms_instance_id is None,
            ("secrets.key_rotation_days",),
            "with secrets.store: bucket and no secrets.kms_instance_id: a default master key is not rotated",
        ),
        (not site.watch.hosts, ("watch.collector_sha256",), "while watch.hosts is false"),
        (site.archive.audit_host is None, ("archive.audit_port",), "without archive.audit_host"),
        (site.gateway.image is not None, ("gateway.nginx_tag",), "with gateway.image: nothing is built"),
    ):
        if where:
            yield from changed(site, keys, why)


_SUBSCRIBED = ("registry.period_months", "registry.auto_renewal")
_INSTANCE = ("registry.instance_type", "registry.payment_type", *_SUBSCRIBED)

CHOICE_RULES = (
    own_vpc,
    own_registry,
    new_registry,
    own_images,
    schema_source,
    state_backend,
    dns,
    egress,
    without_effect,
    moves,
)


def needed(key: str, value: object, when: str, allowed: str) -> Iterator[Problem]:
    """A key without which another one makes no sense."""
    if value is None:
        yield Problem(key, f"is needed {when}", shown(None), allowed)


def idle(keys: Mapping[str, Any], why: str) -> Iterator[Problem]:
    """Keys that would be ignored."""
    for key, value in keys.items():
        if value is not None:
            yield Problem(key, f"has no effect {why}", shown(value), do="remove it")


def changed(site: "SiteSettings", keys: Sequence[str], why: str) -> Iterator[Problem]:
    """Keys that would be ignored and have another value than their default."""
    for key in keys:
        value: Any = site
        schema = site_schema()
        for part in key.split("."):
            value, schema = getattr(value, part), schema["properties"][part]
        if value != schema.get("default"):
            yield from idle({key: value}, why)


def move_problems(moved: Mapping[str, str]) -> Iterator[Problem]:
    """The map of `moved` blocks."""
    first: dict[str, str] = {}
    for old, new in moved.items():
        path = ("moved", old)
        if not _address(old):
            yield Problem(
                path, "has a key that is no Terraform address", shown(old), "type.name such as alicloud_vpc.network_vpc"
            )
        elif not _address(new):
            yield Problem(path, "is no Terraform address", shown(new), "type.name such as alicloud_vpc.network_vpc")
        elif old == new:
            yield Problem(path, "moves nothing", shown(new), "another address than the old one")
        elif old.partition(".")[0] != new.partition(".")[0]:
            yield Problem(
                path, "changes the type, which no move can", shown(new), f"an address of type {old.partition('.')[0]}"
            )
        elif (other := first.setdefault(new, old)) != old:
            yield Problem(path, f"moves to the same address as {other}", shown(new), "one old address for each new one")


def _address(text: str) -> bool:
    kind, dot, name = text.partition(".")
    return bool(dot) and all(part and part.replace("_", "").replace("-", "").isalnum() for part in (kind, name))
