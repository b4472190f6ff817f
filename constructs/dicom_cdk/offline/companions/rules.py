"""What the schema of each companion type leaves out: defaults, checks, relations, which change replaces.

From the providers' documentation; the types in RECORDED were also held against recorded answers of the real ones. Checks are in
the language of the overlay (provider/README.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Check = dict[str, Any]

RECORDED = frozenset(
    {"random_id", "random_password", "time_rotating", "time_sleep", "tls_private_key", "tls_self_signed_cert"}
)


@dataclass(frozen=True)
class Rules:
    """Of one type. An input replaces unless it is `in_place`; a computed attribute in `kept` keeps its value in an update."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    in_place: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    checks: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    at_least_one_of: tuple[str, ...] = ()
    exactly_one_of: tuple[str, ...] = ()
    twins: tuple[tuple[str, str], ...] = ()
    """Two names of one argument: what one says the other says too."""
    at_least_the_sum: tuple[str, tuple[str, ...]] | None = None
    """A number, and the numbers whose sum it must reach."""
    single: frozenset[str] = frozenset()
    """Blocks of which one is allowed."""
    expires: bool = False
    """A certificate: `ready_for_renewal` becomes true, and replaces, once its end is near."""


def _min(number: int) -> tuple[Check, ...]:
    return ({"kind": "int_min", "args": [number]},)


def _one_of(*words: str) -> tuple[Check, ...]:
    return ({"kind": "enum", "args": list(words)},)


_CHARACTERS = Rules(
    defaults={
        **dict.fromkeys(("special", "upper", "lower", "numeric", "number"), True),
        **dict.fromkeys(("min_numeric", "min_upper", "min_lower", "min_special"), 0),
    },
    checks={"length": _min(1)},
    at_least_the_sum=("length", ("min_numeric", "min_upper", "min_lower", "min_special")),
    twins=(("number", "numeric"),),
)
_ROTATIONS = tuple(f"rotation_{unit}" for unit in ("days", "hours", "minutes", "months", "years", "rfc3339"))
_OFFSETS = tuple(f"offset_{unit}" for unit in ("days", "hours", "minutes", "months", "seconds", "years"))
_TIME = ({"kind": "func", "name": "rfc3339"},)
_DURATION = ({"kind": "regex", "args": r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$"},)
_USES = _one_of(
    *("any_extended", "cert_signing", "client_auth", "code_signing", "content_commitment", "crl_signing"),
    *("data_encipherment", "decipher_only", "digital_signature", "email_protection", "encipher_only"),
    *("ipsec_end_system", "ipsec_tunnel", "ipsec_user", "key_agreement", "key_encipherment"),
    *("microsoft_commercial_code_signing", "microsoft_kernel_code_signing", "microsoft_server_gated_crypto"),
    *("netscape_server_gated_crypto", "ocsp_signing", "server_auth", "timestamping"),
)
_CERTIFICATE = Rules(
    defaults={
        "early_renewal_hours": 0,
        "is_ca_certificate": False,
        "ready_for_renewal": False,
        "set_authority_key_id": False,
        "set_subject_key_id": False,
    },
    in_place=frozenset({"early_renewal_hours"}),
    single=frozenset({"subject"}),
    expires=True,
    checks={"validity_period_hours": _min(0), "early_renewal_hours": _min(0), "allowed_uses": _USES},
)

_FILE = ("content", "content_base64", "source")
_PERMISSIONS = ("file_permission", "directory_permission")
_MODE = ({"kind": "regex", "args": "^0?[0-7]{3}$"},)

RULES: Mapping[str, Rules] = {
    "local_file": Rules(
        defaults=dict.fromkeys(_PERMISSIONS, "0777"),
        checks=dict.fromkeys(_PERMISSIONS, _MODE),
        exactly_one_of=(*_FILE, "sensitive_content"),
    ),
    "local_sensitive_file": Rules(
        defaults=dict.fromkeys(_PERMISSIONS, "0700"),
        checks=dict.fromkeys(_PERMISSIONS, _MODE),
        exactly_one_of=_FILE,
    ),
    "null_resource": Rules(kept=frozenset({"id"})),
    "random_bytes": Rules(checks={"length": _min(1)}),
    "random_id": Rules(),
    "random_integer": Rules(),
    "random_password": _CHARACTERS,
    "random_pet": Rules(defaults={"length": 2, "separator": "-"}),
    "random_shuffle": Rules(),
    "random_string": _CHARACTERS,
    "random_uuid": Rules(),
    "random_uuid4": Rules(),
    "random_uuid7": Rules(),
    "time_offset": Rules(
        in_place=frozenset(_OFFSETS), at_least_one_of=_OFFSETS, checks={"base_rfc3339": _TIME}, kept=frozenset({"id"})
    ),
    "time_rotating": Rules(
        in_place=frozenset(_ROTATIONS),
        at_least_one_of=_ROTATIONS,
        kept=frozenset({"id"}),
        checks={**{name: _min(1) for name in _ROTATIONS[:5]}, "rfc3339": _TIME, "rotation_rfc3339": _TIME},
    ),
    "time_sleep": Rules(
        in_place=frozenset({"create_duration", "destroy_duration"}),
        kept=frozenset({"id"}),
        at_least_one_of=("create_duration", "destroy_duration"),
        checks={"create_duration": _DURATION, "destroy_duration": _DURATION},
    ),
    "time_static": Rules(checks={"rfc3339": _TIME}),
    "tls_cert_request": Rules(single=frozenset({"subject"})),
    "tls_locally_signed_cert": _CERTIFICATE,
    "tls_private_key": Rules(
        defaults={"rsa_bits": 2048, "ecdsa_curve": "P224"},
        checks={
            "algorithm": _one_of("RSA", "ECDSA", "ED25519"),
            "ecdsa_curve": _one_of("P224", "P256", "P384", "P521"),
        },
    ),
    "tls_self_signed_cert": _CERTIFICATE,
    "tls_certificate": Rules(),
    "tls_public_key": Rules(),
}
