"""No literal secret in the environment of a function or an application."""

import re
from collections.abc import Iterator

from dicom_cdk.payload.secrets_scan import findings
from dicom_policy import Json, ResourcePolicy, document, is_reference, items

NAMES = re.compile(
    r"PASS(?:WORD|WD|PHRASE)?\b|ROOTPASS|CONFIGPASS|_PW$|SECRET|TOKEN|CREDENTIAL|ACCESS_?KEY", re.IGNORECASE
)
NO_SECRET = re.compile(r"(?:_FILE|_PATH|_NAME|_URL)$", re.IGNORECASE)


class EnvironmentSecrets(ResourcePolicy):
    """Also `oss_ak_secret`, by which SAE mounts buckets."""

    key = "CKV2_DICOM_62"
    title = "Environments of functions and applications hold no literal secret"
    severity_name = "CRITICAL"
    category = "SECRETS"
    fix = "give a reference to a random value, or let the process read KMS with its role"
    types = ("alicloud_fcv3_function", "alicloud_sae_application")
    reads = ("environment_variables", "envs", "oss_ak_secret")
    failing = {
        "alicloud_fcv3_function": {"bad_function": {"environment_variables": {"API_TOKEN": "example"}}},
        "alicloud_sae_application": {
            "bad_app": {"envs": '[{"name":"POSTGRES_PASSWORD","value":"example"}]'},
            "bad_key": {"oss_ak_secret": "example"},
        },
    }
    passing = {
        "alicloud_fcv3_function": {"function": {"environment_variables": {"DICOM_REGION": "cn-shanghai"}}},
        "alicloud_sae_application": {
            "app": {
                "envs": '[{"name":"LDAP_ROOTPASS","value":"${random_password.ldap.result}"},{"name":"A","value":"b"}]'
            }
        },
    }

    def problems(self, resource: Json) -> Iterator[str]:
        for name, value in _environment(resource):
            if not value or is_reference(value):
                continue
            if NAMES.search(name) and not NO_SECRET.search(name):
                yield f"{name} has a literal value"
            else:
                for found in findings(str(value)):
                    yield f"{name} looks like {found.kind}"
        if resource.get("oss_ak_secret") and not is_reference(resource["oss_ak_secret"]):
            yield "oss_ak_secret is a literal"


def _environment(resource: Json) -> Iterator[tuple[str, object]]:
    variables = resource.get("environment_variables")
    for part in items(variables):
        if isinstance(part, dict):
            yield from ((name, items(value)[0] if items(value) else None) for name, value in part.items())
    for one in items(document(resource.get("envs"))):
        if isinstance(one, dict):
            yield str(one.get("name")), one.get("value")


check = EnvironmentSecrets()
