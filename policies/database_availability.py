"""The database survives the loss of a zone."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy

CATEGORIES = ("HighAvailability", "cluster", "Finance")


class DatabaseAvailability(ResourcePolicy):
    key = "CKV2_DICOM_11"
    title = "Database has a second node in another zone"
    severity_name = "HIGH"
    category = "BACKUP_AND_RECOVERY"
    fix = "category HighAvailability, zone_id and another zone_id_slave_a, vswitch_id naming one vSwitch for each"
    types = ("alicloud_db_instance",)
    weighs = ("zone_id", "zone_id_slave_a")
    failing = {
        "alicloud_db_instance": {
            "bad_basic": {"category": "Basic", "zone_id": "l", "zone_id_slave_a": "g", "vswitch_id": "a,b"},
            "bad_zone": {"category": "HighAvailability", "zone_id": "l", "zone_id_slave_a": "l", "vswitch_id": "a,b"},
            "bad_vswitch": {"category": "HighAvailability", "zone_id": "l", "zone_id_slave_a": "g", "vswitch_id": "a"},
        }
    }
    passing = {
        "alicloud_db_instance": {
            "pair": {"category": "HighAvailability", "zone_id": "l", "zone_id_slave_a": "g", "vswitch_id": "a,b"}
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        category = resource.get("category")
        if category not in CATEGORIES:
            yield f"category is {category or 'missing'}, one of {', '.join(CATEGORIES)} has a second node"
        first, second = resource.get("zone_id"), resource.get("zone_id_slave_a")
        if not second or second == first:
            yield f"zone_id_slave_a is {second or 'missing'}, zone_id {first or 'missing'}: they must differ"
        if str(resource.get("vswitch_id", "")).count(",") < 1:
            yield "vswitch_id names one vSwitch, the second node needs one in its zone"


check = DatabaseAvailability()
