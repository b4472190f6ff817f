"""No client on a host skips the check of certificates."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

SKIPS = re.compile(
    # The first letters of all below, without which each of them would be tried at every letter of every script.
    r"(?=[tcwlsvpi_])(?:"
    r"trust-all-certs[\"']?\s*[=:]\s*[\"']?true|\bcurl\b[^|;]*\s(?:-[a-zA-Z]*k\b|--insecure\b)|\bwget\b[^|;]*--no-check-certificate"
    r"|TLS_REQCERT\s+(?:never|allow)|LDAPTLS_REQCERT=(?:never|allow)|sslverify\s*=\s*(?:false|0)|_create_unverified_context"
    r"|verify\s*=\s*False|proxy_ssl_verify\s+off|insecure-registries)",
    re.IGNORECASE,
)


class PayloadTlsTrust(PayloadPolicy):
    key = "CKV2_DICOM_92"
    title = "Certificates are always checked"
    severity_name = "HIGH"
    category = "ENCRYPTION"
    fix = "trust the vendor's CA by name; never trust-all-certs=true, curl -k or TLS_REQCERT never"
    failing = {
        "alicloud_ecs_command": {
            "bad_storage": {"command_content": "#!/bin/sh\necho 'dcmProperty: jclouds.trust-all-certs=true'\n"},
            "bad_curl": {"command_content": "#!/bin/sh\ncurl -sk https://a\n"},
        }
    }
    passing = {"alicloud_ecs_command": {"curl": {"command_content": "#!/bin/sh\ncurl -fsS https://a\n"}}}

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        for number, line in code_lines(text):
            if SKIPS.search(line):
                yield number, "skips the check of certificates"


check = PayloadTlsTrust()
