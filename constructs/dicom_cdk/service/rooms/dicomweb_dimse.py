"""DIMSE and HL7 through DICOMweb's balancer: its instances take them where devices call, the archive's host on ports beside.

SAE fills the groups behind its own listeners and lets nobody add a member, so one address has two ways: 11112, 2762, 2575 and 12575
lead to the instances, which stand in both zones, the number after each to the host.

The balancer works on layer 4: the archive sees the device's own
address, by which it knows it. A port of DICOM listens only once the archive's device is started, so a TCP check tells a live one.
"""

import base64

from cdktf import TerraformVariable
from cdktf_cdktf_provider_alicloud.sae_application import SaeApplicationConfigMapMountDescV2
from cdktf_cdktf_provider_alicloud.sae_config_map import SaeConfigMap
from cdktf_cdktf_provider_alicloud.slb_listener import SlbListener
from cdktf_cdktf_provider_alicloud.slb_load_balancer import SlbLoadBalancer
from cdktf_cdktf_provider_alicloud.slb_server_group import SlbServerGroup
from cdktf_cdktf_provider_alicloud.slb_server_group_server_attachment import SlbServerGroupServerAttachment
from constructs import Construct

from dicom_cdk.payload import archive_start, trust_store
from dicom_cdk.service import partners
from dicom_cdk.service.callers import PLAIN_PORT, TLS_PORT
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_cidr, allow_hosts, allow_networks
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.archive_modalities import HL7
from dicom_cdk.service.rooms.platform import Platform

HOST_PORTS = {port: port + 1 for port in (PLAIN_PORT, TLS_PORT, partners.PLAIN_PORT, partners.TLS_PORT)}
"""Port of the archive's host → port of the balancer that leads there."""
FORGETS_AFTER_SECONDS = 900
"""As long as a balancer can wait; the archive ends an idle association after 600 s."""
MOST_TRUST_BYTES = 900_000
"""A map of SAE holds 1 MiB."""


class Balanced:
    """What room dicomweb gets where `archive.dimse` is balanced; empty where it is host."""

    ports: list[int]
    """Of the balancer and of the instances."""
    environment: dict[str, str]

    def __init__(self, scope: Construct, *, platform: Platform, archive: Archive, namespace_id: str) -> None:
        self._scope, self._platform, self._archive = scope, platform, archive
        self._map_id: str | None = None
        self.ports, self.environment = [], {}
        if archive.dicom.balancer is None:
            return
        self.ports = [PLAIN_PORT, *([partners.PLAIN_PORT] if self._takes_hl7 else [])]
        tls = archive.tls
        if tls is not None and tls.trusted and tls.generation is not None:
            self.ports += [TLS_PORT, *([partners.TLS_PORT] if self._takes_hl7 else [])]
            self._map_id = self._trust(tls.trusted, namespace_id)
            self.environment = {
                archive_start.KEY_STORE: self._variable(
                    "key-store", "Certificate and key of archive_certificate as PKCS #12, base64: for instances on SAE"
                ),
                archive_start.KEY_STORE_PASSWORD: self._variable(
                    "key-store-password", "Password of archive_key_store, letters and digits"
                ),
                # A key store is read at the start only.
                "DICOM_KEYS": "-".join(str(value) for value in tls.in_compose.values()),
            }

    @property
    def _takes_hl7(self) -> bool:
        """Somebody may send it: a partner of the list, or without one whoever is in a hospital's network."""
        listed = self._archive.dicom.partners
        return bool(listed.partners if listed else self._platform.network.reach.hospitals)

    def started(self) -> dict[str, object]:
        """Arguments of the application beside its others."""
        if self._map_id is None:
            return {}
        mount = SaeApplicationConfigMapMountDescV2(
            config_map_id=self._map_id,
            key=archive_start.TRUST_FILE,
            mount_path=archive_start.TRUST_FOLDER,
        )
        started = archive_start.started(shared_folder=self._archive.cache is not None, own_keys=True)
        return {**started, "config_map_mount_desc_v2": [mount]}

    def open(self, balancer: SlbLoadBalancer) -> None:
        """The ways through `balancer`, and who may take them."""
        if not self.ports:
            return
        groups = self._platform.network.groups
        callers = self._archive.dicom.callers
        if callers is not None:
            allow_hosts(self._scope, "from-modality", into=groups["dicomweb"], hosts=callers.ways)
        else:
            allow_networks(
                self._scope,
                "dimse-from-hospital",
                into=groups["dicomweb"],
                ports={PLAIN_PORT: "DIMSE"},
                cidrs=self._platform.network.reach.hospitals,
                client="hospital network",
            )
        self._let_partners_in()
        for port in self.ports:
            self._host(balancer, port)
            for room in ("dicomweb", "archive"):
                allow_cidr(
                    self._scope,
                    f"{room}-{port}-from-health-checks",
                    into=groups[room],
                    port=port,
                    cidr=HEALTH_CHECKS,
                    reason=f"CLB health checks of {_protocol(port)}",
                )

    def _let_partners_in(self) -> None:
        group, listed = self._platform.network.groups["dicomweb"], self._archive.dicom.partners
        hl7 = {port: name for port, name in HL7.items() if port in self.ports}
        if listed is not None:
            ways = {way: reason for way, reason in listed.ways.items() if way[1] in hl7}
            allow_hosts(self._scope, "from-partner", into=group, hosts=ways)
            return
        networks = self._platform.network.reach.hospitals
        allow_networks(
            self._scope, "hl7-from-hospital", into=group, ports=hl7, cidrs=networks, client="hospital network"
        )

    def _host(self, balancer: SlbLoadBalancer, port: int) -> None:
        site = self._platform.site
        group = SlbServerGroup(
            self._scope,
            f"host-{port}",
            load_balancer_id=balancer.id,
            name=f"{site.name}-archive-{port}",
            tags=site.tags,
        )
        member = SlbServerGroupServerAttachment(
            self._scope,
            f"host-{port}-member",
            server_group_id=group.id,
            server_id=self._archive.host.instance_id,
            port=port,
            weight=100,
            type="ecs",
        )
        SlbListener(
            self._scope,
            f"host-{port}-listener",
            load_balancer_id=balancer.id,
            description=f"{_protocol(port)} of the archive's host, its port {port}",
            protocol="tcp",
            frontend_port=HOST_PORTS[port],
            bandwidth=-1,
            server_group_id=group.id,
            health_check="on",
            health_check_type="tcp",
            health_check_interval=5,
            health_check_timeout=5,
            healthy_threshold=3,
            unhealthy_threshold=3,
            established_timeout=FORGETS_AFTER_SECONDS,
            depends_on=[member],
        )

    def _trust(self, trusted: str, namespace_id: str) -> str:
        stored = base64.b64encode(trust_store.java(trusted, archive_start.TRUST_PASSWORD)).decode()
        if len(stored) > MOST_TRUST_BYTES:
            raise ValueError(
                f"modalities: their certificates are {len(stored)} bytes in an instance's trust store, allowed {MOST_TRUST_BYTES}; "
                "name authorities of hospitals in place of devices' own certificates, or keep archive.dimse: host"
            )
        return SaeConfigMap(
            self._scope,
            "trust",
            namespace_id=namespace_id,
            name="dicom-trust",
            description="Whom the archive trusts on its TLS ports",
            data=f'{{"{archive_start.TRUST_FILE}":"{stored}"}}',
        ).id

    def _variable(self, id: str, description: str) -> str:
        made = TerraformVariable(self._scope, id, type="string", sensitive=True, description=description)
        made.override_logical_id(f"archive_{id.replace('-', '_')}")
        return str(made.string_value)


def _protocol(port: int) -> str:
    return "HL7" if port in HL7 else "DIMSE"
