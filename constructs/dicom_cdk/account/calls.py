"""Every call that may be made: all of them read. The RAM policy of who asks is computed from this table."""

from dataclasses import dataclass

from dicom_cdk.account import services
from dicom_cdk.account.services import Service


@dataclass(frozen=True)
class Call:
    """One action of a service. `path`: of ROA calls, with {names} of parameters that go into it."""

    service: Service
    action: str
    path: str = "/"
    free: bool = False
    """Needs no permission."""
    permission: str = ""
    """RAM action where it is not prefix and action name."""
    unsure: bool = False
    """No page of the vendor says the RAM action's name."""

    @property
    def ram(self) -> str:
        """The RAM action that lets a key make it; "" where none is needed."""
        return "" if self.free else self.permission or f"{self.service.prefix}:{self.action}"


IDENTITY = Call(services.STS, "GetCallerIdentity", free=True)
ECS_SOLD = Call(services.ECS, "DescribeAvailableResource")
ECS_PRICE = Call(services.ECS, "DescribePrice")
