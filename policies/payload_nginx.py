"""The gateway forwards what it was asked, to whom it was meant, within limits."""

import re
from collections.abc import Iterator

from dicom_policy import PayloadPolicy, code_lines

HOST = re.compile(
    r"\bproxy_set_header\s+(?:X-Forwarded-)?Host\s+[\"']?\$(?:http_host|host|http_x_forwarded_host)\b", re.IGNORECASE
)
PASS = re.compile(r"\bproxy_pass\s+[\"']?(?P<target>[^\s;\"']+)")
LIMIT = re.compile(r"\bclient_max_body_size\s+(?P<size>\S+?);")
OLD_TLS = re.compile(r"\bssl_protocols\b[^;]*\b(?:SSLv[23]|TLSv1(?:\.[01])?)(?=[\s;])")


class PayloadNginx(PayloadPolicy):
    """The guide's own file drops the query string and has no body limit (guide step 6)."""

    key = "CKV2_DICOM_98"
    title = "NGINX: Host not chosen by the client, query kept, body limited, modern TLS, no version shown"
    severity_name = "HIGH"
    category = "API_SECURITY"
    fix = "set Host from configuration, pass $is_args$args or no variable URI, client_max_body_size above 0, server_tokens off"
    failing = {
        "alicloud_instance": {
            "bad_gateway": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /etc/nginx/default.conf.template\n    content: |\n"
                "      server {\n        proxy_set_header Host $http_host;\n        proxy_pass http://arc:8080$uri;\n      }\n"
            }
        }
    }
    passing = {
        "alicloud_instance": {
            "gateway": {
                "user_data": "#cloud-config\nwrite_files:\n  - path: /etc/nginx/default.conf.template\n    content: |\n"
                "      server {\n        server_tokens off;\n        client_max_body_size 32m;\n"
                "        proxy_set_header Host www.example.com;\n        proxy_pass http://arc:8080$uri$is_args$args;\n      }\n"
            }
        }
    }

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        if not name.rpartition("/")[2].endswith((".conf", ".conf.template")) or not re.search(
            r"^\s*server\s*\{", text, re.MULTILINE
        ):
            return
        limits = []
        for number, line in code_lines(text):
            if HOST.search(line):
                yield number, "Host is what the client says"
            target = PASS.search(line)
            if target and _drops_query(target["target"]):
                yield number, "proxy_pass drops the query string"
            if OLD_TLS.search(line):
                yield number, "takes TLS older than 1.2"
            limits += [match["size"] for match in LIMIT.finditer(line)]
        if not limits:
            yield 1, "no client_max_body_size: NGINX's 1 MiB refuses most instances"
        if any(size.lower().rstrip("kmg") == "0" for size in limits):
            yield 1, "client_max_body_size 0 takes bodies of any size"
        if "server_tokens off" not in text:
            yield 1, "server_tokens is not off"


def _drops_query(target: str) -> bool:
    """A URI with variables replaces the whole request URI, query included (NGINX, proxy_pass)."""
    path = target.partition("://")[2].partition("/")[1:]
    variables = re.findall(r"\$\{?(\w+)", target)
    has_uri = any(path) or re.search(r"://[^/]*:\d+\$|://\$\w+\$", target) is not None
    return bool(variables and has_uri) and not any(
        name in ("args", "query_string", "request_uri") or name.endswith(("_query", "_args")) for name in variables
    )


check = PayloadNginx()
