"""No literal secret travels to a host."""

from collections.abc import Iterator

from dicom_cdk.payload.secrets_scan import findings
from dicom_policy import PayloadPolicy


class PayloadSecrets(PayloadPolicy):
    """Never quotes what it found."""

    key = "CKV2_DICOM_61"
    title = "User data, commands and their files hold no literal secret"
    severity_name = "CRITICAL"
    category = "SECRETS"
    fix = "put it into KMS; hosts read it with their role into memory files (secrets.service)"
    failing = {"alicloud_instance": {"bad_password": {"user_data": "#!/bin/sh\nexport LDAP_ROOTPASS=Example99\n"}}}
    passing = {"alicloud_instance": {"file": {"user_data": "#!/bin/sh\nLDAP_ROOTPASS=$(cat /run/secrets/ldap-root)\n"}}}

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        for found in findings(text):
            yield found.line, f"looks like {found.kind}"


check = PayloadSecrets()
