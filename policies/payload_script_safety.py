"""A script on a host stops at the first error."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy

SET = re.compile(r"^\s*set\s+-[A-Za-z]*e|^#!\S+sh\s+-[A-Za-z]*e", re.MULTILINE)
SOURCED = re.compile(r"^\s*(?:\.|source)\s+\S*/step\.sh[\"']?\s*$", re.MULTILINE)
"""Our steps begin with the host's step.sh, which sets it (assets/docker_host)."""


class PayloadScriptSafety(PayloadPolicy):
    key = "CKV2_DICOM_100"
    title = "Scripts stop at the first error"
    severity_name = "MEDIUM"
    fix = "set -euo pipefail (sh: set -eu) before the first command"
    failing = {"alicloud_ecs_command": {"bad_go_on": {"command_content": "#!/bin/sh\nrm -rf /tmp/a\necho done\n"}}}
    passing = {"alicloud_ecs_command": {"stops": {"command_content": "#!/bin/bash\nset -euo pipefail\necho done\n"}}}

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        shell = re.match(r"#!\s*(?:/usr)?/bin/(?:env\s+)?(?:ba|da)?sh\b", text)
        if shell and not SET.search(text) and not SOURCED.search(text):
            yield 1, f"{name.rpartition('/')[2]} goes on after errors"


check = PayloadScriptSafety()
