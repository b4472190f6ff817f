"""cloud-init opens no login."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.payload import yaml_text
from dicom_policy import PayloadPolicy


class PayloadCloudInit(PayloadPolicy):
    """Operators come by Cloud Assistant's sessions, with their own identity (docs/runbook)."""

    key = "CKV2_DICOM_94"
    title = "cloud-init sets no password, allows no password login and no root login"
    severity_name = "HIGH"
    category = "IAM"
    fix = "drop ssh_pwauth, chpasswd, password and disable_root; use Cloud Assistant sessions"
    failing = {
        "alicloud_instance": {
            "bad_login": {"user_data": "#cloud-config\nssh_pwauth: true\n"},
            "bad_root": {"user_data": "#cloud-config\ndisable_root: false\n"},
        }
    }
    passing = {"alicloud_instance": {"quiet": {"user_data": "#cloud-config\nruncmd: [[/opt/dicom/first-boot.sh]]\n"}}}

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        if name != "user data" or not text.startswith("#cloud-config"):
            return
        document = yaml_text.document(text)
        for key, problem in _problems(document if isinstance(document, dict) else {}):
            yield 1 + text[: max(text.find(f"{key}:"), 0)].count("\n"), problem


def _problems(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if document.get("ssh_pwauth") in (True, "yes", "true"):
        yield "ssh_pwauth", "allows login by password"
    if document.get("disable_root") is False:
        yield "disable_root", "allows login as root"
    for key in ("password", "chpasswd"):
        if key in document:
            yield key, "sets a password"
    for user in document.get("users") or []:
        if isinstance(user, dict) and any(key in user for key in ("passwd", "hashed_passwd", "plain_text_passwd")):
            yield "users", f"sets a password of user {user.get('name')}"


check = PayloadCloudInit()
