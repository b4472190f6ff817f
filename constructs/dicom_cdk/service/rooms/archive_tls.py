"""Keys and trust of the archive's TLS ports: whom it lets in by certificate, and the certificate that it shows.

Both are files that its container reads at the start, so they are on the host before, and compose knows them by a hash or a number.
"""

import hashlib
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformVariable
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.parts.host_step import HostStep, StepHost
from dicom_cdk.service.rooms.archive_handed import hand
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.service.rooms.storage import Storage

SECRET = "archive-certificate"


@dataclass(frozen=True)
class Tls:
    """What the archive's TLS ports are given. `Tls.of` makes it."""

    trusted: str
    """Certificates (PEM) of listed devices and their hospitals; empty: the image's own trust."""
    generation: int | None
    """Of the site's own certificate; None: one that the host makes for itself."""

    @classmethod
    def of(cls, trusted: str, generation: int | None) -> "Tls | None":
        """None where the site says nothing of both."""
        return cls(trusted, generation) if trusted or generation is not None else None

    @property
    def in_compose(self) -> dict[str, object]:
        """For the archive's compose file: another trust or certificate makes the container anew."""
        trust = hashlib.sha256(self.trusted.encode()).hexdigest()[:16] if self.trusted else ""
        return {"trust": trust, "certificate": self.generation or 0}

    def held(self, scope: Construct, secrets: Secrets) -> dict[str, Held]:
        """The site's certificate with its key, from Terraform's variables, where the archive's host reads it."""
        if self.generation is None:
            return {}
        chain = TerraformVariable(
            scope,
            "certificate",
            type="string",
            sensitive=True,
            description="Certificate chain of the archive's TLS ports (PEM, leaf first)",
        )
        chain.override_logical_id("archive_certificate")
        key = TerraformVariable(
            scope, "private-key", type="string", sensitive=True, description="Private key of archive_certificate (PEM)"
        )
        key.override_logical_id("archive_private_key")
        held = secrets.hold(
            scope, SECRET, value=f"{chain.string_value}\n{key.string_value}", generation=self.generation
        )
        secrets.grant_read(scope, "read-certificate", room="archive", secrets=[held], purpose="certificate")
        return {SECRET: held}

    def install(
        self, scope: Construct, *, host: StepHost, platform: Platform, storage: Storage
    ) -> list[ITerraformDependable]:
        """The step that puts both on the host."""
        values: dict[str, object] = {}
        if self.generation is not None:
            values["own_certificate"] = str(self.generation)
        if self.trusted:
            values |= self._handed(scope, platform, storage)
        return [
            HostStep(
                scope,
                "tls",
                host=host,
                bundle=Bundle.from_assets("tls"),
                entry="install",
                values={**values, "generation": str(platform.secrets.generations.archive)},
                timeout_seconds=300,
                after=platform.secrets.roles["archive"].grants,
            ).ready
        ]

    def _handed(self, scope: Construct, platform: Platform, storage: Storage) -> dict[str, object]:
        handed = hand(
            scope,
            "trust",
            self.trusted,
            folder="trust",
            file_type=("pem", "application/x-pem-file"),
            platform=platform,
            storage=storage,
        )
        return {"trust_bucket": handed.bucket, "trust_key": handed.key, "trust_sha256": handed.sha256}
