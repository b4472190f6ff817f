"""What must not stand in a site file: secrets, and text that Terraform would evaluate.

Site files are committed and shown in reviews; every secret of the service is generated and kept in KMS (design: secrets). Errors
never quote a value that looks like one.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

JWKS = ("gateway", "login", "jwks")
"""Where public keys stand in a site file."""
_KNOWN = (
    ("-----BEGIN ", r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY", "a private key"),
    ("-----BEGIN ", r"-----BEGIN CERTIFICATE", "a certificate"),
    ("LTAI", r"\bLTAI[0-9A-Za-z]{8,}", "an AccessKey id"),
    ("STS.", r"\bSTS\.[0-9A-Za-z]{10,}", "a temporary AccessKey id"),
    ("IA", r"\b(AKIA|ASIA)[0-9A-Z]{12,}", "an AWS access key id"),
    (
        "_",
        r"\bgh[pousr]_[0-9A-Za-z]{20,}|\bgithub_pat_[0-9A-Za-z_]{20,}",
        "a Git token",
    ),
    ("glpat-", r"\bglpat-[0-9A-Za-z_-]{16,}", "a Git token"),
    ("eyJ", r"\beyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}", "a signed token (JWT)"),
    ("://", r"://[^/\s:@]+:[^/\s@]+@", "a password in an address"),
    ("", r"(?i)\b(password|passwd|secret|token)\s*[=:]\s*\S{4,}", "a password"),
)
"""What a text must hold to be searched at all, the pattern, what it finds. Compiling all would take longer than the search."""
_SECRET_NAME = (
    r"(?i)pass(word|wd|phrase|code)?$|^pwd$|_pwd$|secret(_?(key|data|value))?$|token$|credentials?$"
    r"|(access|api|private|secret)_?key(_?(id|secret))?$"
)
_RUN = r"[0-9A-Za-z+/=]{24,}"
_SEPARATORS = r"[^0-9A-Za-z]+"


def secret_in(text: str) -> str:
    """What kind of secret `text` looks like, such as "an AccessKey id"; empty if none."""
    for part, pattern, kind in _KNOWN:
        if part in text and re.search(pattern, text):
            return kind
    return "a random key" if any(_random(run) for run in re.findall(_RUN, text)) else ""


def is_public(path: Sequence[str | int]) -> bool:
    """Whether what stands there is random and meant for everybody: the numbers and the id of a public key."""
    return tuple(path[:3]) == JWKS and len(path) == len(JWKS) + 2 and path[-1] in ("kid", "n", "x", "y")


def names_secret(key: str) -> bool:
    """Whether a key's own name asks for a secret, such as ``db_password`` or ``accessKeySecret``."""
    return bool(re.search(_SECRET_NAME, key.replace("-", "_")))


def interpolation_in(text: str) -> str:
    """``${`` or ``%{``, with which Terraform begins an expression, if `text` holds one."""
    return next((start for start in ("${", "%{") if start in text), "")


def _random(run: str) -> bool:
    """Mixed upper case, lower case and digits that change far more often than words put together do."""
    if "/" in run and any(len(part) > 3 and part.isalpha() and part.islower() for part in run.split("/")):
        # A path, such as 2016-08-15/proxy.
        return False
    run = re.sub(_SEPARATORS, "", run)
    classes = ["digit" if c.isdigit() else "upper" if c.isupper() else "lower" for c in run]
    if len(run) < 24 or len(set(classes)) < 3:
        return False
    changes = sum(a != b for a, b in pairwise(classes))
    return changes >= len(run) / 3 and _bits_per_character(run) >= 3.5


def _bits_per_character(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
