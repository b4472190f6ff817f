"""A bucket's own policy refuses plain HTTP and lets no stranger in."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, items, statements


class BucketPolicy(ResourcePolicy):
    key = "CKV2_DICOM_33"
    title = "Bucket policy denies plain HTTP and allows no anonymous principal"
    severity_name = "HIGH"
    category = "IAM"
    fix = 'a Deny of oss:* for Principal "*" under Bool acs:SecureTransport false, and no Allow for Principal "*"'
    types = ("alicloud_oss_bucket_policy",)
    reads = ("policy",)
    failing = {
        "alicloud_oss_bucket_policy": {
            "bad_open": {
                "policy": '{"Statement":[{"Effect":"Deny","Principal":["*"],"Action":["oss:*"],"Resource":["*"],"Condition":'
                '{"Bool":{"acs:SecureTransport":["false"]}}},{"Effect":"Allow","Principal":["*"],"Action":["oss:GetObject"],'
                '"Resource":["*"]}]}'
            },
            "bad_plain": {"policy": '{"Statement":[]}'},
            "bad_text": {"policy": "not JSON"},
        }
    }
    passing = {
        "alicloud_oss_bucket_policy": {
            "tls": {
                "policy": '{"Statement":[{"Effect":"Deny","Principal":["*"],"Action":["oss:*"],"Resource":["*"],"Condition":'
                '{"Bool":{"acs:SecureTransport":["false"]}}}]}'
            }
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        said = statements(resource.get("policy"))
        if not any(_denies_plain(one) for one in said):
            yield "no statement denies acs:SecureTransport false"
        for one in said:
            if one.get("Effect") == "Allow" and "*" in items(one.get("Principal")) and not one.get("Condition"):
                yield f"allows {', '.join(map(str, items(one.get('Action'))))} to everybody"


def _denies_plain(one: Json) -> bool:
    condition = one.get("Condition")
    switch = condition.get("Bool") if isinstance(condition, dict) else None
    values = items(switch.get("acs:SecureTransport")) if isinstance(switch, dict) else []
    return one.get("Effect") == "Deny" and "false" in [str(value).lower() for value in values]


check = BucketPolicy()
