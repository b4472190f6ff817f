"""What goes to a host can be read by a reviewer."""

from collections.abc import Iterator

from dicom_policy import Json, PayloadPolicy, unreadable


class PayloadReadable(PayloadPolicy):
    """Every policy that looks inside payloads relies on this one."""

    key = "CKV2_DICOM_90"
    title = "User data and commands can be decoded"
    severity_name = "HIGH"
    fix = "synthesize again; user data and commands are base64 of UTF-8 text, bundles are whole"
    failing = {"alicloud_instance": {"bad_binary": {"user_data": "//79/P/+/fw="}}}
    passing = {
        "alicloud_instance": {"script": {"user_data": "IyEvYmluL3NoCmVjaG8gaGkK"}, "none": {"instance_type": "a"}}
    }

    def problems(self, resource: Json) -> Iterator[str]:
        problem = unreadable(resource)
        if problem:
            yield problem.partition(": ")[2] or problem


check = PayloadReadable()
