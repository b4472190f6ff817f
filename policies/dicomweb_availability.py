"""The DICOMweb tier survives the loss of a zone, and knows when an instance is ill."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, block, is_true, items


class DicomwebAvailability(ResourcePolicy):
    key = "CKV2_DICOM_29"
    title = "SAE application has two instances over two vSwitches, with health checks"
    severity_name = "HIGH"
    category = "BACKUP_AND_RECOVERY"
    fix = "replicas 2 or more, vswitch_id naming one vSwitch in each zone, readiness_v2 and liveness_v2"
    types = ("alicloud_sae_application",)
    failing = {
        "alicloud_sae_application": {
            "bad_one": {
                "replicas": 1,
                "vswitch_id": "a,b",
                "readiness_v2": [{}],
                "liveness_v2": [{"period_seconds": 5}],
            },
            "bad_zone": {"replicas": 2, "vswitch_id": "a"},
        }
    }
    passing = {
        "alicloud_sae_application": {
            "pair": {
                "replicas": 2,
                "vswitch_id": "a,b",
                "readiness_v2": [{"period_seconds": 5}],
                "liveness_v2": [{"period_seconds": 5}],
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        replicas = resource.get("replicas")
        if not str(replicas or 0).isdigit() or int(replicas or 0) < 2:
            yield f"replicas is {replicas}, at least 2 are needed"
        vswitches = [one for text in items(resource.get("vswitch_id")) for one in str(text).split(",")]
        if len(set(vswitches)) < 2 and not is_true(resource.get("auto_config")):
            yield "vswitch_id names fewer than two vSwitches"
        for name in ("readiness", "liveness"):
            if not block(resource, f"{name}_v2") and not resource.get(name):
                yield f"{name}_v2 is missing"


check = DicomwebAvailability()
