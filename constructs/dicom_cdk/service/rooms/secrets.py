"""Room secrets: KMS key, roles, generated passwords (replaces the guide's passwords; facts: provider 7, items 5 and 6).

A secret's name carries its generation: a destroyed name stays taken for the recovery window; a new name is how a secret is rotated.
KMS makes secrets only in an instance that is bought; an account without one keeps them as objects of a bucket of their own.

Over 200 lines: key, roles and secrets, and who may read which, are judged together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.kms_secret import KmsSecret
from cdktf_cdktf_provider_alicloud.oss_bucket import OssBucket
from cdktf_cdktf_provider_alicloud.oss_bucket_object import OssBucketObject
from cdktf_cdktf_provider_random.password import Password
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.bucket import private_bucket
from dicom_cdk.service.parts.key import encryption_key
from dicom_cdk.settings.models import secrets as settings_secrets

TRUSTED_SERVICE = {"directory": "ecs.aliyuncs.com", "archive": "ecs.aliyuncs.com", "gateway": "fc.aliyuncs.com"}
"""The rooms whose hosts or functions have a role, and the service that may take it."""

READERS = {
    "ldap-root": ("directory", "archive"),
    "ldap-config": ("directory",),
    "database": ("archive",),
    "archive-keystore": ("archive",),
    "wildfly-admin": ("archive",),
}
"""Which role may read which generated secret. The storage room adds the storage user's key."""

KIND = {
    "ldap-root": "ldap",
    "ldap-config": "ldap",
    "database": "database",
    "archive-keystore": "archive",
    "wildfly-admin": "archive",
}
"""The generation counter of `settings.generations` that each secret follows."""


@dataclass(frozen=True)
class Held:
    """A value that hosts read: its name as text, and as a reference that waits for it to be there.

    The name of a secret in KMS, or `oss://bucket/key`. `resource`: what a policy names to let it be read.
    """

    name: str
    reference: str
    resource: str


class Secrets(Construct):
    """Key, roles, generated values and the names that hosts read them by."""

    key_id: str
    key_arn: str
    roles: dict[str, ram.Role]
    """The role of each kind of host and of the function, by room; trust only, rooms attach what they own."""
    values: dict[str, str]
    """Sensitive references to the generated values, by secret; for what cannot read KMS itself."""
    generations: settings_secrets.Generations
    """Of every kind of secret."""
    held: dict[str, Held]
    """The generated secrets, by secret."""
    bucket: OssBucket | None
    """The bucket of secrets; None where they are in KMS."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_secrets.Secrets,
        rooms: Sequence[str] = tuple(TRUSTED_SERVICE),
        made: Sequence[str] = tuple(KIND),
    ) -> None:
        """`rooms`: those that get a role. `made`: the secrets that are generated."""
        super().__init__(scope, id)
        self._site, self._settings = site, settings
        self.generations = settings.generations
        self.key_id = settings.kms_key_id or self._key()
        self.key_arn = f"acs:kms:{site.region}:{site.account_id}:key/{self.key_id}"
        self.bucket = self._bucket() if settings.store == "bucket" else None
        self.roles = {
            room: ram.Role(
                self,
                f"role-{room}",
                name=f"{site.name}-{room}",
                description=f"DICOM service {site.name}, {room}",
                service=TRUSTED_SERVICE[room],
                tags=site.tags,
            )
            for room in rooms
        }
        self.values, self.held = {}, {}
        for name in made:
            generation: int = getattr(settings.generations, KIND[name])
            password = Password(
                self,
                f"{name}-value",
                # Letters and digits only: compose, shells and LDIF all read them unquoted.
                length=32,
                special=False,
                min_lower=1,
                min_upper=1,
                min_numeric=1,
                keepers={"generation": str(generation)},
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            )
            self.values[name] = value = password.result
            self.held[name] = self.hold(self, name, value=value, generation=generation)
        for room in self.roles:
            readable = [self.held[name] for name in made if room in READERS[name]]
            if readable:
                self.grant_read(self, f"read-{room}", room=room, secrets=readable, purpose="secrets")

    def hold(self, scope: Construct, id: str, *, value: str, generation: int) -> Held:
        """Keep `value`, a sensitive reference, where hosts can read it."""
        held = held_name(self._site, self._settings, id, generation)
        name = held.name.removeprefix(f"oss://{bucket_name(self._site)}/")
        # Readers move to the new name before the old one goes.
        lifecycle = TerraformResourceLifecycle(create_before_destroy=True)
        if self.bucket is not None:
            stored = OssBucketObject(
                scope,
                id,
                bucket=self.bucket.bucket,
                key=name,
                content=value,
                content_type="text/plain",
                acl="private",
                server_side_encryption="KMS",
                kms_key_id=self.key_id,
                lifecycle=lifecycle,
            )
            return replace(held, reference=f"oss://{bucket_name(self._site)}/{stored.key}")
        secret = KmsSecret(
            scope,
            id,
            secret_name=name,
            secret_data=value,
            version_id=f"g{generation}",
            description=f"DICOM service {self._site.name}: {id}",
            encryption_key_id=self.key_id,
            dkms_instance_id=self._settings.kms_instance_id,
            force_delete_without_recovery=not self._site.protected,
            recovery_window_in_days=self._settings.recovery_window_days if self._site.protected else None,
            tags=self._site.tags,
            lifecycle=lifecycle,
        )
        return replace(held, reference=secret.secret_name)

    def grant_read(self, scope: Construct, id: str, *, room: str, secrets: Sequence[Held], purpose: str) -> None:
        """Let the role of `room` read `secrets`, by name: it can list none."""
        ram.grant(
            scope,
            id,
            role=self.roles[room],
            name=f"{self._site.name}-{room}-{purpose}",
            statements=[
                ram.allow(
                    ["kms:GetSecretValue" if self.bucket is None else "oss:GetObject"],
                    [secret.resource for secret in secrets],
                ),
                ram.allow(["kms:Decrypt"], [self.key_arn]),
            ],
        )

    @property
    def place(self) -> str:
        """Where the secrets are, in words."""
        return "KMS" if self.bucket is None else "the bucket of secrets"

    def _bucket(self) -> OssBucket:
        return private_bucket(
            self,
            "bucket",
            name=bucket_name(self._site),
            site=self._site,
            key_id=self.key_id,
            redundancy="LRS",
            noncurrent_version_days=self._settings.recovery_window_days,
            # By room storage, whose bucket of logs comes later.
            written_elsewhere=["logging"],
        )

    def _key(self) -> str:
        # Without an instance, KMS makes the region's default master key, which it rotates as a paid service only.
        rotated = self._settings.store == "kms" or self._settings.kms_instance_id is not None
        return encryption_key(
            self,
            "key",
            site=self._site,
            holds="disks, database, bucket, secrets",
            rotation_days=self._settings.key_rotation_days if rotated else None,
            instance_id=self._settings.kms_instance_id,
        )


def bucket_name(site: Identity) -> str:
    """Of the bucket of secrets, with `store: bucket`."""
    return f"{site.unique}-secrets"


def held_name(site: Identity, settings: settings_secrets.Secrets, id: str, generation: int) -> Held:
    """Where secret `id` of a site is held, made here or in another stack: its name in place of a reference."""
    name = f"{site.name}/{id}-g{generation}"
    if settings.store == "bucket":
        path = f"{bucket_name(site)}/{name}"
        return Held(f"oss://{path}", f"oss://{path}", f"acs:oss:*:{site.account_id}:{path}")
    return Held(name, name, f"acs:kms:{site.region}:{site.account_id}:secret/{name}")
