"""The two members behind a master-slave listener stand in two zones."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import GONE, Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for group in document.of("alicloud_slb_master_slave_server_group"):
        servers = group.values.get("servers")
        servers = [one for one in servers if isinstance(one, dict)] if isinstance(servers, list) else []
        hosts = [document.target(one.get("server_id"), "alicloud_instance") for one in servers]
        zones = {zone for host in hosts if host and (zone := _zone(document, host))}
        if len(servers) != 2:
            yield group.address, f"{len(servers)} members, two are needed"
        elif all(hosts) and len(zones) < 2:
            yield group.address, f"both members in zone {', '.join(zones) or 'none'}"


def _zone(document: Document, host: Resource) -> str:
    """Its own, or that of its vSwitch; "" where neither says one."""
    vswitch = document.target(host.values.get("vswitch_id"), "alicloud_vswitch")
    said = host.get("availability_zone") or (vswitch.get("zone_id") if vswitch else None)
    return str(said or "")


DIRECTORY_PAIR = StackRule(
    id="CKV2_DICOM_103",
    name="Members behind the directory's listener stand in two zones",
    severity="HIGH",
    fix="one LDAP host in each zone (guide step 3)",
    types=("alicloud_slb_master_slave_server_group",),
    judge=judge,
    weighs={
        "alicloud_slb_master_slave_server_group": {"servers.server_id": Open(GONE, leads=True)},
        "alicloud_instance": {"availability_zone": Open(worst="")},
        "alicloud_vswitch": {"zone_id": Open(worst="")},
    },
    failing={
        "alicloud_instance": {"l": {"availability_zone": "l"}, "g": {"availability_zone": "l"}},
        "alicloud_slb_master_slave_server_group": {
            "bad_zone": {
                "servers": [{"server_id": "${alicloud_instance.l.id}"}, {"server_id": "${alicloud_instance.g.id}"}],
            }
        },
    },
    passing={
        "alicloud_instance": {"l": {"availability_zone": "l"}, "g": {"availability_zone": "g"}},
        "alicloud_slb_master_slave_server_group": {
            "pair": {
                "servers": [{"server_id": "${alicloud_instance.l.id}"}, {"server_id": "${alicloud_instance.g.id}"}],
            }
        },
    },
)
