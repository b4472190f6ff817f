"""Random valid sites, as plain dicts that the loader accepts: wide in what a site may choose, right by construction."""

from ipaddress import IPv4Network
from typing import Any

from hypothesis import strategies as st

ZONES = {
    "cn-shanghai": "lgbn",
    "cn-hangzhou": "jkh",
    "cn-beijing": "hkl",
    "cn-shenzhen": "def",
    "ap-southeast-1": "abc",
}
SITE_NAMES = st.from_regex(r"[a-z][a-z0-9]{2,6}(-[a-z0-9]{1,5})?", fullmatch=True)
AE_TITLES = st.from_regex(r"[A-Z][A-Z0-9_]{0,15}", fullmatch=True)


@st.composite
def networks(draw: st.DrawFn, region: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Settings of room network, and addresses by name that lie in its vSwitches."""
    second = draw(st.integers(0, 250))
    vpc = draw(st.sampled_from([IPv4Network(f"10.{second}.0.0/16"), IPv4Network("172.20.0.0/16")]))
    cut = list(vpc.subnets(new_prefix=draw(st.integers(20, 24))))
    one, other = draw(st.lists(st.sampled_from(cut), min_size=2, max_size=2, unique=True))
    letters = draw(st.permutations(ZONES[region]))
    vswitch_l, vswitch_g = (
        {"cidr": str(net), "zone": f"{region}{'' if region[-1].isdigit() else '-'}{letter}"}
        for net, letter in zip((one, other), letters, strict=False)
    )
    settings: dict[str, Any] = {"cidr": str(vpc), "vswitch_l": vswitch_l, "vswitch_g": vswitch_g}
    if draw(st.booleans()):
        settings["vpc_id"] = "vpc-own0001"
        vswitch_l["id"], vswitch_g["id"] = "vsw-own000l", "vsw-own000g"
    if draw(st.booleans()):
        settings["egress"] = "none"
    if draw(st.booleans()):
        settings["hospital_cidrs"] = draw(
            st.lists(st.sampled_from(["192.168.4.0/24", "10.251.0.0/16", "192.168.64.0/18"]), unique=True, max_size=3)
        )
    if draw(st.booleans()):
        settings["operator_cidrs"] = ["10.252.9.0/24"]
    hosts = draw(st.lists(st.integers(2, 200), min_size=4, max_size=4, unique=True))
    addresses = {
        name: str(one[host])
        for name, host in zip(("private_ip_l", "balancer_ip", "web", "archive"), hosts, strict=True)
    }
    addresses["private_ip_g"] = str(other[draw(st.integers(2, 200))])
    return settings, addresses


@st.composite
def valid_sites(draw: st.DrawFn) -> dict[str, Any]:
    """A site file's content."""
    region = draw(st.sampled_from(sorted(ZONES)))
    network, addresses = draw(networks(region))
    site: dict[str, Any] = {
        "name": draw(SITE_NAMES),
        "region": region,
        "account_id": draw(st.from_regex(r"[1-9][0-9]{15}", fullmatch=True)),
        "network": network,
        "alarms": {"mail": "ops@example.com", "disk_percent": draw(st.integers(50, 99))},
        "directory": {
            "private_ip_l": addresses["private_ip_l"],
            "private_ip_g": addresses["private_ip_g"],
            "balancer_ip": addresses["balancer_ip"],
            "data_disk_gb": draw(st.sampled_from([None, 40, 500])),
        },
        "dicomweb": {
            "balancer_ip": addresses["web"],
            "replicas": draw(st.integers(1, 7)),
            "heap_percent": draw(st.integers(10, 80)),
        },
        "archive": {
            "private_ip": addresses["archive"],
            "test_data": draw(st.booleans()),
            "heap_percent": draw(st.integers(10, 80)),
        },
        "storage": {
            "redundancy": draw(st.sampled_from(["LRS", "ZRS"])),
            "noncurrent_version_days": draw(st.integers(1, 3650)),
        },
        "logs": {"retention_days": draw(st.integers(1, 3650))},
        "protection": draw(
            st.sampled_from([{"level": "full"}, {"level": "none"}, {"level": "full", "destroy_data": True}])
        ),
        "tags": draw(st.sampled_from([{}, {"team": "imaging"}, {"部门": "影像科"}])),
    }
    retention = draw(st.integers(7, 730))
    site["database"] = {
        "backup_retention_days": retention,
        "log_backup_retention_days": draw(st.integers(7, retention)),
        "charge_type": draw(st.sampled_from(["Postpaid", "Prepaid"])),
    }
    if draw(st.booleans()):
        site["database"]["schema_sql"] = {
            "source": "oss",
            "bucket": "own-bucket",
            "key": "psql.zip",
            "sha256": "0" * 64,
        }
    if draw(st.booleans()):
        site["gateway"] = {"domain": "images.clinic-example.com", "dns": draw(st.booleans())}
    if draw(st.booleans()):
        titles = draw(st.lists(AE_TITLES, min_size=1, max_size=3, unique=True))
        site.setdefault("gateway", {})["ae_titles"] = titles
        site["archive"]["ae_title"] = titles[0]
    if draw(st.booleans()):
        site["secrets"] = {"kms_key_id": "key-own0001", "generations": {"database": draw(st.integers(1, 9999))}}
    if draw(st.booleans()):
        site["registry"] = {
            "instance_id": "cri-own0001",
            "instance_name": "hospital",
            **draw(
                st.fixed_dictionaries(
                    {"make_repositories": st.booleans(), "link_vpc": st.booleans(), "subscribe": st.booleans()}
                )
            ),
        }
    if draw(st.booleans()):
        site["state"] = {"backend": "oss", "bootstrap": draw(st.booleans())}
    return site
