"""Images in compose files, Dockerfiles and scripts are pinned."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

COMPOSE = re.compile(r"^\s*image:\s*[\"']?(?P<image>[^\s\"'#]+)")
FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(?P<image>\S+)", re.IGNORECASE)
PULL = re.compile(r"\bdocker\s+pull\s+(?:-\S+\s+)*[\"']?(?P<image>[^\s;|&\"'-][^\s;|&\"']*)")


class PayloadImages(PayloadPolicy):
    """A variable is filled by the site from settings that refuse a floating tag."""

    key = "CKV2_DICOM_96"
    title = "Images on hosts are pinned by version or digest"
    severity_name = "HIGH"
    category = "SUPPLY_CHAIN"
    fix = "write NAME:VERSION or NAME@sha256:..., never latest"
    failing = {
        "alicloud_instance": {
            "bad_compose": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                "      services:\n        arc:\n          image: dcm4che/arc:latest\n"
            },
            "bad_pull": {"user_data": "#!/bin/sh\ndocker pull nginx\n"},
        }
    }
    passing = {
        "alicloud_instance": {
            "compose": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n"
                "      services:\n        arc:\n          image: ${IMAGE:?}\n"
            },
            "pull": {"user_data": "#!/bin/sh\ndocker pull nginx:1.28.0\n"},
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        file = name.rpartition("/")[2].lower()
        stages = {"scratch"}
        for number, line in code_lines(text):
            found = PULL.search(line)
            if "compose" in file:
                found = COMPOSE.match(line) or found
            elif file.startswith("dockerfile"):
                found = FROM.match(line) or found
                named = re.search(r"\sAS\s+(\S+)", line, re.IGNORECASE)
                if named:
                    stages.add(named[1])
            if found and found["image"] not in stages and not _pinned(found["image"]):
                yield number, f"image {found['image']} has no version"


def _pinned(image: str) -> bool:
    if "$" in image or "@sha256:" in image:
        return True
    tag = image.rpartition("/")[2].partition(":")[2]
    return bool(tag) and tag != "latest" and any(letter.isdigit() for letter in tag)


check = PayloadImages()
