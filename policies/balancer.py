"""Balancers are on the intranet, in two zones, and not deleted by accident."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy


class Balancer(ResourcePolicy):
    key = "CKV2_DICOM_20"
    title = "Balancer is intranet, protected, in two zones"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = "address_type intranet, delete_protection on, master_zone_id and another slave_zone_id"
    types = ("alicloud_slb_load_balancer",)
    failing = {
        "alicloud_slb_load_balancer": {
            "bad_public": {
                "address_type": "internet",
                "delete_protection": "on",
                "master_zone_id": "l",
                "slave_zone_id": "g",
            },
            "bad_open": {
                "address_type": "intranet",
                "delete_protection": "off",
                "master_zone_id": "l",
                "slave_zone_id": "g",
            },
            "bad_zone": {"address_type": "intranet", "delete_protection": "on", "master_zone_id": "l"},
        }
    }
    passing = {
        "alicloud_slb_load_balancer": {
            "pair": {"address_type": "intranet", "delete_protection": "on", "master_zone_id": "l", "slave_zone_id": "g"}
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if resource.get("address_type") != "intranet":
            yield f"address_type is {resource.get('address_type', 'missing: internet without a vSwitch')}, not intranet"
        if resource.get("delete_protection") != "on":
            yield f"delete_protection is {resource.get('delete_protection', 'missing')}, not on"
        first, second = resource.get("master_zone_id"), resource.get("slave_zone_id")
        if not first or not second or first == second:
            yield f"master_zone_id is {first or 'missing'}, slave_zone_id {second or 'missing'}: two zones are needed"


check = Balancer()
