"""No password that the images' documentation prints."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

KNOWN = re.compile(
    r"(?<![\w/.-])(?:changeit|changeme|passw0rd|admin123|dcm4chee-pacs|P@ssw0rd)(?![\w-])", re.IGNORECASE
)
GIVEN = re.compile(
    r"(?:-w|--password[ =])\s*(?:secret|pacs|admin|password)\b|(?:PASS\w*|_PW)[=:]\s*[\"']?(?:secret|pacs|admin|password)\b"
)


class PayloadDefaultPasswords(PayloadPolicy):
    """The guide uses several of them (guide steps 3 and 4)."""

    key = "CKV2_DICOM_91"
    title = "No default password of an image or of the guide"
    severity_name = "CRITICAL"
    category = "SECRETS"
    fix = "let the host read a random one from KMS"
    failing = {
        "alicloud_ecs_command": {"bad_ldap": {"command_content": "#!/bin/sh\nldapsearch -x -w secret -b dc=x\n"}}
    }
    passing = {
        "alicloud_ecs_command": {"file": {"command_content": "#!/bin/sh\nldapsearch -x -y /run/secrets/ldap-root\n"}}
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        for number, line in code_lines(text):
            if KNOWN.search(line) or GIVEN.search(line):
                yield number, "a well-known default password"


check = PayloadDefaultPasswords()
