"""What is shipped writes no secret into a log: NGINX no token, signature or query, a script no expanded command."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

FORMAT = re.compile(r"\blog_format\b[^;]*;", re.DOTALL)
TELLING = re.compile(
    r"\$\{?(http_authorization|http_cookie|cookie_\w+|arg_\w+|args|query_string|request_uri|request(?!_)\b|http_referer|"
    r"http_x_fc_\w+|http_x_acs_\w+|sent_http_set_cookie|request_body|ssl_client_raw_cert)\b"
)
"""Variables that carry a login, a token, a signed query, or patients' data."""
TRACED = re.compile(r"^\s*set\s+-[A-Za-wyz]*x|^#!\S*sh\s+-[A-Za-wyz]*x|\b(?:ba|da)?sh\s+-[A-Za-wyz]*x\b")


class PayloadLogSecrets(PayloadPolicy):
    key = "CKV2_DICOM_115"
    title = "No log of secrets: NGINX logs no token, query or cookie, scripts are not traced"
    severity_name = "HIGH"
    category = "LOGGING"
    fix = "log $uri, status and sizes; take set -x out, which prints every command with what it expands to"
    failing = {
        "alicloud_instance": {
            "bad_gateway": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /etc/nginx/default.conf\n    content: |\n"
                "      log_format own '$remote_addr $status '\n        '$http_authorization';\n"
            }
        },
        "alicloud_ecs_command": {
            "bad_traced": {
                "command_content": "#!/bin/bash\nset -eux\ncurl -u admin:$(cat /run/dicom/secrets/a) https://b\n"
            }
        },
    }
    passing = {
        "alicloud_instance": {
            "gateway": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /etc/nginx/default.conf\n    content: |\n"
                "      log_format own '$remote_addr $request_method $request_time $uri $status';\n"
                "      proxy_set_header Authorization $http_authorization;\n"
            }
        },
        "alicloud_ecs_command": {
            "plain": {"command_content": "#!/bin/bash\nset -euo pipefail\n# set -x\ntest -x /bin/a\n"}
        },
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        for found in FORMAT.finditer(text):
            for variable in TELLING.finditer(found[0]):
                at = text.count("\n", 0, found.start() + variable.start()) + 1
                yield at, f"log_format writes ${variable[1]}, which tells who may or what was asked"
        if re.match(r"#!\s*\S*(?:/env\s+)?\S*sh\b", text):
            for number, line in code_lines(text):
                if TRACED.search(line):
                    yield number, f"{name.rpartition('/')[2]} prints every command with what it expands to"


check = PayloadLogSecrets()
