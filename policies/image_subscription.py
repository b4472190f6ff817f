"""Images are copied into the registry by exact version, never over an existing one."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, is_true


class ImageSubscription(ResourcePolicy):
    key = "CKV2_DICOM_52"
    title = "Artifact subscription takes exact tags and overrides none"
    severity_name = "MEDIUM"
    category = "SUPPLY_CHAIN"
    fix = "tag_regexp anchored to one tag, such as ^5\\.25\\.0$, and override false"
    types = ("alicloud_cr_artifact_subscription_rule",)
    weighs = ("override",)
    failing = {
        "alicloud_cr_artifact_subscription_rule": {
            "bad_all": {"tag_regexp": ".*", "override": False},
            "bad_over": {"tag_regexp": "^1$", "override": True},
        }
    }
    passing = {"alicloud_cr_artifact_subscription_rule": {"one": {"tag_regexp": "^5\\.25\\.0$", "override": False}}}

    def problems(self, resource: Json) -> Iterator[str]:
        pattern = str(resource.get("tag_regexp") or "")
        bare = pattern.replace("\\.", "").strip("^$")
        if not (pattern.startswith("^") and pattern.endswith("$")) or any(letter in bare for letter in "*+?[({|."):
            yield f"tag_regexp is {pattern or 'missing'}, which takes more than one tag"
        if is_true(resource.get("override")):
            yield "override replaces an image under the same tag"


check = ImageSubscription()
