"""Nothing from the network is piped into a shell."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

PIPED = re.compile(
    r"\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*/)?(?:ba|da|z|k)?sh\b|\b(?:ba)?sh\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b"
    r"|\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?python3?\b|\bapt-key\s+adv\b"
)


class PayloadRemoteScript(PayloadPolicy):
    """The guide installs Docker this way (guide step 3)."""

    key = "CKV2_DICOM_97"
    title = "No script of the network is run as it comes"
    severity_name = "HIGH"
    category = "SUPPLY_CHAIN"
    fix = "install signed packages, or check a fixed digest before running it"
    failing = {
        "alicloud_instance": {"bad_docker": {"user_data": "#!/bin/sh\ncurl -fsSL https://get.docker.com | sh\n"}},
        "alicloud_ecs_command": {"bad_process": {"command_content": "#!/bin/sh\nbash <(curl -s https://a/b.sh)\n"}},
    }
    passing = {"alicloud_instance": {"package": {"user_data": "#!/bin/sh\napt-get install -y docker.io\n"}}}

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        del name
        for number, line in code_lines(text):
            if PIPED.search(line):
                yield number, "runs what the network sends"


check = PayloadRemoteScript()
