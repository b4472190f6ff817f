"""A listed modality speaks TLS, or its entry says why it cannot."""

from collections.abc import Iterator

from dicom_policy import Json, ListPolicy


class ModalityTls(ListPolicy):
    """Without TLS images, names and birth dates travel in clear text, and an AE title is all that a caller has to know."""

    key = "CKV2_DICOM_47"
    title = "A listed modality speaks TLS, or its entry gives a reason"
    severity_name = "HIGH"
    category = "ENCRYPTION"
    fix = "let the device use port 2762 (tls: true, its certificate or its hospital's), or give the entry a reason"
    failing = {
        "alicloud_oss_bucket_object": {
            "bad_silent": {
                "key": "modalities/a.json",
                "content": '{"modalities": [{"ae_title": "CT1", "tls": false}, {"ae_title": "MR1", "tls": true}]}',
            },
            "bad_partner": {
                "key": "modalities/c.json",
                "content": '{"hl7": [{"application": "RIS|NORTH", "tls": false}]}',
            },
            "bad_text": {"key": "modalities/b.json", "content": "no list"},
        }
    }
    passing = {
        "alicloud_oss_bucket_object": {
            "told": {
                "key": "modalities/a.json",
                "content": '{"modalities": [{"ae_title": "CT1", "tls": false, "reason": "of 2003"}, '
                '{"ae_title": "MR1", "tls": true}]}',
            },
            "other": {"key": "secrets/a", "content": "no list"},
        }
    }

    def judge(self, listed: Json) -> Iterator[str]:
        for one in (*listed.get("modalities", ()), *listed.get("hl7", ())):
            if not one.get("tls") and not one.get("reason"):
                yield f"{one.get('ae_title') or one.get('application')} speaks no TLS and its entry gives no reason"


check = ModalityTls()
