"""What all settings models share: frozen, no unknown keys, text patterns used by several rooms."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined


class Settings(BaseModel):
    """Base of every settings model: immutable, refuses unknown keys, never coerces types silently.

    The docstring below a field is its description; `settings.descriptions` reads it when the schema is made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def setting(default: Any = PydanticUndefined, *, guide: str = "", **constraints: Any) -> Any:
    """A model field; `guide` names the step of the deployment guide that it comes from ("" = beyond the guide)."""
    return Field(default, json_schema_extra={"guide": guide} if guide else None, **constraints)


Cidr = Annotated[str, Field(pattern=r"^[0-9./]{9,18}$")]
"""An IPv4 network such as 172.18.80.0/20; rules.network_forms judges it fully."""

IpAddress = Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$")]
"""An IPv4 address such as 172.18.92.187."""

EcsInstanceType = Annotated[str, Field(pattern=r"^ecs\.[a-z0-9-]+\.[a-z0-9]+$")]
"""An ECS instance type such as ecs.g7.xlarge."""

EcsImageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{4,128}$")]
"""A pinned ECS image id, never a family: a changed image replaces the system disk."""

PerformanceLevel = Annotated[str, Field(pattern=r"^PL[0-3]$")]
"""ESSD performance level: PL0, PL1, PL2 or PL3."""

CloudId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{4,64}$")]
"""The id of something that exists already in the account, such as vpc-uf6abc."""

ImageReference = Annotated[
    str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]+)?/[a-z0-9._/-]+(:[A-Za-z0-9._-]+|@sha256:[0-9a-f]{64})$")
]
"""A container image with its registry and a tag or digest."""

ImageTag = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")]
"""A container image tag."""

UBUNTU_22_04 = "ubuntu_22_04_x64_20G_alibase_20250113.vhd"
