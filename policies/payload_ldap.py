"""The directory lets nobody read without a bind, and holds no clear password."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

ANONYMOUS = re.compile(
    r"\bolcAccess\b.*\bby\s+(?:\*|anonymous)\s+(?:read|write|manage|search|compare)\b|\baccess\s+to\b.*\bby\s+(?:\*|anonymous)\s+(?:read|write)\b"
    r"|\bolcAllows:.*\bbind_anon"
)
CLEAR = re.compile(r"^\s*(?:olcRootPW|userPassword|dcmProperty:\s*credential)(?:::?|=)\s*(?![{$%<])\S+", re.IGNORECASE)


class PayloadLdap(PayloadPolicy):
    """`userPassword` and `olcRootPW` come from memory files; access rules name who is bound (guide step 3)."""

    key = "CKV2_DICOM_95"
    title = "LDAP: no anonymous read, no clear password in LDIF"
    severity_name = "HIGH"
    category = "IAM"
    fix = "end access rules by `by users read by * none`; take passwords from memory files and hash them"
    failing = {
        "alicloud_ecs_command": {
            "bad_access": {"command_content": "#!/bin/sh\ncat <<E\nolcAccess: to * by * read\nE\n"},
            "bad_password": {"command_content": "#!/bin/sh\ncat <<E\nuserPassword: Example99\nE\n"},
        }
    }
    passing = {
        "alicloud_ecs_command": {
            "bound": {
                "command_content": "#!/bin/sh\ncat <<E\nolcAccess: to * by users read by * none\nolcRootPW: $hash\nE\n"
            }
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        for number, line in code_lines(text):
            if ANONYMOUS.search(line):
                yield number, "lets anonymous clients read the directory"
            if CLEAR.match(line):
                yield number, "a clear password in LDIF"


check = PayloadLdap()
