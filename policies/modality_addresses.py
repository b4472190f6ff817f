"""A listed modality is one host of its own hospital."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.address_ranges import network
from dicom_policy import Json, ListPolicy


class ModalityAddresses(ListPolicy):
    """What is wider than a host lets in whoever is there; what lies in another hospital's network takes images out of its own."""

    key = "CKV2_DICOM_45"
    title = "A listed modality is one host in a network of its own hospital"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = "give the entry the one address of the device, inside a network of the hospital that it names"
    failing = {
        "alicloud_oss_bucket_object": {
            "bad_wide": {
                "key": "modalities/a.json",
                "content": '{"hospitals": {"north": ["10.20.0.0/16"]}, "modalities": [{"ae_title": "CT1", "hospital": "north", '
                '"address": "10.20.1.0/24"}]}',
            },
            "bad_elsewhere": {
                "key": "modalities/b.json",
                "content": '{"hospitals": {"north": ["10.20.0.0/16"], "south": ["10.30.0.0/16"]}, '
                '"modalities": [{"ae_title": "CT1", '
                '"hospital": "north", "address": "10.30.1.4", "may": ["retrieve"]}]}',
            },
            "bad_partner": {
                "key": "modalities/d.json",
                "content": '{"hospitals": {"north": ["10.20.0.0/16"]}, "hl7": [{"application": "RIS|N", "hospital": "north", '
                '"address": "10.30.1.4"}]}',
            },
            "bad_nobodys": {
                "key": "modalities/c.json",
                "content": '{"hospitals": {}, "modalities": [{"ae_title": "CT1", "hospital": "north", "address": "10.30.1.4"}]}',
            },
        }
    }
    passing = {
        "alicloud_oss_bucket_object": {
            "host": {
                "key": "modalities/a.json",
                "content": '{"hospitals": {"north": ["10.20.0.0/16"]}, "modalities": [{"ae_title": "CT1", "hospital": "north", '
                '"address": "10.20.1.4"}]}',
            },
            "nobody": {"key": "modalities/b.json", "content": '{"hospitals": {}, "modalities": []}'},
        }
    }

    def judge(self, listed: Json) -> Iterator[str]:
        hospitals: dict[str, Any] = listed.get("hospitals", {})
        for one in (*listed.get("modalities", ()), *listed.get("hl7", ())):
            title, address, hospital = (
                one.get("ae_title") or one.get("application"),
                str(one.get("address")),
                one.get("hospital"),
            )
            host = network(address)
            if host is None or host.num_addresses != 1:
                yield f"{title} is {address}, which is not one host"
                continue
            around = [network(cidr) for cidr in hospitals.get(hospital, ())]
            if not any(one and one.version == host.version and _inside(host, one) for one in around):
                goes = ": what it retrieves leaves the hospital" if "retrieve" in one.get("may", ()) else ""
                yield f"{title} at {address} is in no network of hospital {hospital}{goes}"


def _inside(host: Any, around: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return bool(host.subnet_of(around))


check = ModalityAddresses()
