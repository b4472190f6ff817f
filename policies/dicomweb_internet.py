"""The DICOMweb tier has no balancer on the internet."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, is_true


class DicomwebInternet(ResourcePolicy):
    key = "CKV2_DICOM_30"
    title = "SAE has no internet balancer or public address"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "use alicloud_sae_load_balancer_intranet; the gateway is the only public way in"
    types = ("alicloud_sae_load_balancer_internet", "alicloud_sae_application")
    weighs = ("associate_eip",)
    failing = {
        "alicloud_sae_load_balancer_internet": {"bad_public": {"app_id": "a"}},
        "alicloud_sae_application": {"bad_eip": {"associate_eip": True}},
    }
    passing = {
        "alicloud_sae_load_balancer_intranet": {"inner": {"app_id": "a"}},
        "alicloud_sae_application": {"inner": {"replicas": 2}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type == "alicloud_sae_load_balancer_internet":
            yield "an internet balancer before the DICOMweb tier"
        elif is_true(resource.get("associate_eip")):
            yield "associate_eip gives every instance a public address"


check = DicomwebInternet()
