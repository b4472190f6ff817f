"""Every way to skip the check of certificates is found, in any case of its letters."""

import pytest

from tests.policy.judging import failed

WAYS = [
    "trust-all-certs=true",
    "curl -sk https://a",
    "curl --insecure https://a",
    "wget -q --no-check-certificate https://a",
    "TLS_REQCERT never",
    "LDAPTLS_REQCERT=allow ldapsearch",
    "git -c http.sslVerify=false clone https://a",
    "ssl._create_unverified_context()",
    "requests.get(a, verify=False)",
    "proxy_ssl_verify off;",
    '{"insecure-registries": ["a"]}',
]


@pytest.mark.parametrize("line", [each for way in WAYS for each in (way, way.swapcase().replace("-SK", "-sk"))])
def test_a_client_that_skips_the_check_is_found(line: str) -> None:
    command = {"c": {"name": "c", "type": "RunShellScript", "command_content": f"#!/bin/sh\n{line}\n"}}
    assert ("CKV2_DICOM_92", "alicloud_ecs_command.c") in failed({"alicloud_ecs_command": command})


def test_a_client_that_checks_is_none() -> None:
    command = {"c": {"name": "c", "type": "RunShellScript", "command_content": "#!/bin/sh\ncurl -fsS https://a\n"}}
    assert "CKV2_DICOM_92" not in [policy for policy, _ in failed({"alicloud_ecs_command": command})]
