"""Nobody writes into a log store unsigned, and no log project is open to everybody: what is in it tells of patients."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, document, is_reference, items, statements


class LogPublic(ResourcePolicy):
    key = "CKV2_DICOM_81"
    title = "Log stores take no unsigned entries, and no log project is open to everybody"
    severity_name = "HIGH"
    category = "LOGGING"
    fix = "leave enable_web_tracking out; name accounts or roles in the project's policy"
    types = ("alicloud_log_store", "alicloud_log_project")
    reads = ("enable_web_tracking", "policy")
    weighs = reads
    failing = {
        "alicloud_log_store": {"bad_tracking": {"logstore_name": "a", "enable_web_tracking": True}},
        "alicloud_log_project": {
            "bad_everybody": {
                "project_name": "a",
                "policy": '{"Statement":[{"Effect":"Allow","Action":["log:Get*"],"Principal":["*"],"Resource":"*"}]}',
            },
            "bad_text": {"project_name": "b", "policy": "?"},
        },
    }
    passing = {
        "alicloud_log_store": {
            "signed": {"logstore_name": "a"},
            "off": {"logstore_name": "b", "enable_web_tracking": False},
        },
        "alicloud_log_project": {
            "plain": {"project_name": "a"},
            "named": {
                "project_name": "b",
                "policy": '{"Statement":[{"Effect":"Allow","Action":["log:Get*"],"Principal":["1234567890123456"],"Resource":"*"},'
                '{"Effect":"Deny","Action":["log:Post*"],"Principal":["*"],"Resource":"*"}]}',
            },
        },
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if str(resource.get("enable_web_tracking")).lower() == "true":
            yield "takes entries from anybody (enable_web_tracking)"
        text = resource.get("policy")
        if not text or (is_reference(text) and document(text) is None):
            return
        if document(text) is None:
            yield "the policy cannot be read as JSON"
        for number, one in enumerate(statements(text), 1):
            if one.get("Effect") == "Allow" and "*" in _principals(one.get("Principal")):
                yield f"statement {number} of its policy lets everybody in"


def _principals(said: object) -> list[str]:
    parts = said.values() if isinstance(said, dict) else [said]
    return [str(one) for part in parts for one in items(part)]


check = LogPublic()
