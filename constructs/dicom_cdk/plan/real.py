"""A plan with the installed real provider: made-up keys, no refresh, the user's own Terraform settings."""

import os
from pathlib import Path

from dicom_cdk.plan.findings import last
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.planning import Planned, planned_in
from dicom_cdk.plan.providers import Environment
from dicom_cdk.plan.stack import Stack, scratch
from dicom_cdk.plan.terraform import Terraform

REAL_PROVIDER = {
    "access_key": "made-up",
    "secret_key": "made-up",
    "account_id": "1234567890123456",
    "account_type": "Domestic",
    "skip_region_validation": True,
    "region": "cn-shanghai",
}
"""What lets the real provider plan with no account and no network (facts: provider 0.1)."""

VARIABLE = "TF_VAR_"
OVERRIDES = "development overrides are in effect"
"""What Terraform says of `dev_overrides`: its init then asks for a release that a plan does not need."""


class ProviderMissing(Exception):
    """The real provider is not installed here."""


def plan_real(stack: Stack, terraform: Terraform) -> Planned:
    """Plan with the installed real provider and made-up keys. Raises ProviderMissing."""
    with scratch() as root:
        folder = stack_files.lay_out(stack, root)
        # The user's own settings say where providers are, and what variables are.
        on = _user_settings()
        stack.write(folder, REAL_PROVIDER, {name.removeprefix(VARIABLE) for name in on})
        ready = terraform.run(folder, "init", "-input=false", "-no-color", environment=on)
        if ready.code != 0 and OVERRIDES not in f"{ready.stdout}{ready.stderr}":
            raise ProviderMissing(
                f"{stack.name}: the real provider cannot be had: {last(ready.stderr)}; install aliyun/alicloud 1.289.0 into a "
                "filesystem mirror or plug-in folder, or plan with --provider offline"
            )
        return planned_in(stack, terraform, folder, on)


def _user_settings() -> Environment:
    """Where the user says that providers are, and variables; unset, Terraform looks in the home folder itself."""
    kept = ("TF_TOKEN_", "TF_PLUGIN_CACHE_", VARIABLE)
    own: dict[str, str | None] = {name: value for name, value in os.environ.items() if name.startswith(kept)}
    # Terraform runs in a folder of ours, and they are seen from the user's.
    paths = {name: os.environ[name] for name in ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR") if os.environ.get(name)}
    return {**own, "TF_CLI_CONFIG_FILE": None, **{name: str(Path(path).absolute()) for name, path in paths.items()}}
