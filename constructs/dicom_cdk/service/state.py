"""Where Terraform keeps the state of a stack (facts: provider 7, item 10)."""

from cdktf import LocalBackend, OssBackend, TerraformStack

from dicom_cdk.service.identity import Identity
from dicom_cdk.settings.models import operation


def lock_instance(site: Identity, settings: operation.State) -> str:
    """Tablestore instance of the lock table; 16 characters at most."""
    return settings.lock_instance or f"tf-{site.account_id[-12:]}"


def bucket(site: Identity, settings: operation.State) -> str:
    """State bucket."""
    return settings.bucket or f"{site.unique}-tfstate"


def keep_state(stack: TerraformStack, name: str, site: Identity, settings: operation.State) -> None:
    """Give `stack` its backend. A local path is relative to the stack's folder: the project's top, never inside the output."""
    if settings.backend == "local":
        LocalBackend(stack, path=f"../../../terraform.{name}.tfstate")
        return
    region = settings.region or site.region
    OssBackend(
        stack,
        bucket=bucket(site, settings),
        prefix=settings.prefix,
        key=f"{name}.tfstate",
        region=region,
        encrypt=True,
        acl="private",
        tablestore_endpoint=f"https://{lock_instance(site, settings)}.{region}.ots.aliyuncs.com",
        tablestore_table=settings.lock_table,
    )
