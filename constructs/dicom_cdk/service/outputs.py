"""Outputs: what a person needs after apply."""

from cdktf import TerraformOutput, TerraformStack

from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.filter import Filter
from dicom_cdk.service.rooms.gateway import Gateway
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.service.rooms.storage import Storage

FOR_HOSPITALS = "DICOMweb for hospitals' networks, filtered, for studies above the gateway's limit too"


def write_outputs(
    stack: TerraformStack,
    secrets: Secrets,
    database: Database,
    storage: Storage,
    directory: Directory,
    archive: Archive,
    gateway: Gateway,
    filter: Filter | None,
) -> None:
    """Addresses, and the names by which one finds the rest; never a secret's value."""
    held = sorted(secret.name for secret in (*secrets.held.values(), *storage.held.values()))
    outputs: dict[str, tuple[str | list[str], str]] = {
        "gateway_url": (gateway.url, f"Where DICOMweb clients go, with signed requests{_trials(gateway.url)}"),
        "archive_console": (archive.console, "Console of the archive, once port 8443 of its host is forwarded"),
        "archive_host_id": (
            archive.host.instance_id,
            "Host whose port 8443 operators forward to themselves: ali-instance-cli portforward",
        ),
        "ldap_url": (directory.url, "The directory's one address"),
        "bucket": (storage.bucket.bucket, "Bucket of the DICOM objects"),
        "database_host": (database.host, "Host of the database"),
        "secret_names": (held, f"Names of the secrets in {secrets.place}"),
    }
    if gateway.signed_url != gateway.url:
        outputs["gateway_url"] = (gateway.url, "Where people's browsers go, with the token of a login")
        outputs["gateway_signed_url"] = (
            gateway.signed_url,
            f"Where programs go, with signed requests{_trials(gateway.signed_url)}",
        )
    if filter:
        outputs["dicomweb_url"] = (filter.url, FOR_HOSPITALS)
    for name, (value, description) in outputs.items():
        TerraformOutput(stack, name, value=value, description=description)


def _trials(url: str) -> str:
    """What the vendor says of the function's own address, which only the cloud knows: no text here, a reference."""
    if url.startswith("https://"):
        return ""
    return ": the function's own address, which the vendor offers for testing only; a browser downloads what it answers"
