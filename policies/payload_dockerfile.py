"""A container image of ours does not run as root."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines


class PayloadDockerfile(PayloadPolicy):
    key = "CKV2_DICOM_99"
    title = "Dockerfile: a user other than root, nothing fetched by ADD"
    severity_name = "MEDIUM"
    fix = "end with USER UID:GID; COPY files of the bundle, install packages of the base image's system"
    failing = {
        "alicloud_instance": {
            "bad_root": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /build/Dockerfile\n    content: |\n"
                "      FROM nginx:1.28.0\n      ADD https://example.com/a /a\n"
            }
        }
    }
    passing = {
        "alicloud_instance": {
            "user": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /build/Dockerfile\n    content: |\n"
                "      FROM nginx:1.28.0\n      USER 101:101\n"
            }
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        if not name.rpartition("/")[2].lower().startswith("dockerfile"):
            return
        user, last = "", 1
        for number, line in code_lines(text):
            last = number
            found = re.match(r"\s*USER\s+(\S+)", line, re.IGNORECASE)
            user = found[1] if found else user
            if re.match(r"\s*ADD\s+https?://", line, re.IGNORECASE):
                yield number, "ADD fetches from the network, unchecked"
        if user.partition(":")[0] in ("", "0", "root"):
            yield last, "the container runs as root"


check = PayloadDockerfile()
