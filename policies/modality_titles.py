"""An AE title is listed once."""

from collections.abc import Iterator

from dicom_policy import Json, ListPolicy


class ModalityTitles(ListPolicy):
    """Images and reports of storage commitment go to an AE title: with two of one name they go to the wrong device."""

    key = "CKV2_DICOM_46"
    title = "No AE title is listed twice"
    severity_name = "HIGH"
    category = "GENERAL_SECURITY"
    fix = "give each device an AE title of its own, in the list and on the device"
    failing = {
        "alicloud_oss_bucket_object": {
            "bad_twice": {
                "key": "modalities/a.json",
                "content": '{"modalities": [{"ae_title": "CT1"}, {"ae_title": "MR1"}, {"ae_title": "ct1"}]}',
            },
        }
    }
    passing = {
        "alicloud_oss_bucket_object": {
            "once": {
                "key": "modalities/a.json",
                "content": '{"modalities": [{"ae_title": "CT1"}, {"ae_title": "MR1"}]}',
            },
        }
    }

    def judge(self, listed: Json) -> Iterator[str]:
        seen: set[str] = set()
        for one in listed.get("modalities", ()):
            title = str(one.get("ae_title"))
            if title.casefold() in seen:
                yield f"AE title {title} is listed twice, case left aside"
            seen.add(title.casefold())


check = ModalityTitles()
