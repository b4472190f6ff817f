"""What a refused call means: the vendor's codes sorted by what somebody has to do about them."""

import re
from typing import Literal

Kind = Literal["credentials", "forbidden", "inactive", "account", "throttled", "unreachable", "nonsense", "other"]

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("credentials", r"InvalidAccessKey.*|InvalidSecurityToken.*|SignatureDoesNotMatch|IncompleteSignature|InvalidCredentials|"
                    r"MissingSecurityToken|SecurityTokenExpired|Forbidden\.AccessKeyDisabled"),
    ("throttled", r"Throttling.*|ServiceUnavailable|.*FlowLimit.*|ExceedQpsLimit"),
    ("inactive", r".*ServiceNotEnabled|.*NotEnabled|.*ServiceNotOpen(ed)?|.*NotActivated|OSSServiceNotOpen|UserDisable"),
    ("account", r"RealNameAuthenticationError|.*InsufficientBalance.*|.*NotEnoughBalance|.*InDebt|.*\.RiskControl|"
                r"InvalidAccountStatus.*"),
    ("forbidden", r"NoPermission.*|Forbidden(\..*)?|Forbb?idd?en\.(RAM|SubUser)|Forbedden.*|AccessDenied.*|NotAuthorized|"
                  r"Unauthorized|AuthorizationFailed|.*StsNotSupported.*"),
)  # fmt: skip
UNREACHABLE = re.compile(
    r"(connect|read|timed? ?out|timeout|resolve|refused|reset|proxy|ssl|certificate)", re.IGNORECASE
)


class AskError(Exception):
    """A call without a usable answer. `code`: the vendor's word for it; `kind`: what it means."""

    def __init__(self, code: str, message: str, kind: Kind) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code, self.kind = code, kind


def kind_of(code: str) -> Kind:
    """What a code of the vendor means; other where none of the known ones."""
    return next((kind for kind, pattern in _KINDS if re.fullmatch(pattern, code)), "other")


def nonsense(action: str, said: str) -> AskError:
    """An answer that is none of this call."""
    return AskError(
        "NotUnderstood", f"{action} answered {said}; a proxy, or another service, may stand between", "nonsense"
    )
