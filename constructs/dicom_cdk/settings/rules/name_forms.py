"""What the vendor takes as a name of each kind: part of a domain, shown in the console, tag."""

import re
from collections.abc import Iterator, Mapping

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.leaks import names_secret

BUCKET = r"[a-z0-9][a-z0-9-]*[a-z0-9]"
BUCKET_LONGEST = 63
TAGS_MOST = 18
"""A resource takes 20; two are ours."""
_LOWER = "lower-case letters, digits and hyphens, beginning and ending with a letter or digit"
_DISPLAY = r"[^\W\d_][\w.:-]*"


def bucket_name(key: str, name: str, *, longest: int = BUCKET_LONGEST, because: str = "") -> Iterator[Problem]:
    """A name that is part of a domain: bucket, log project, registry."""
    if not re.fullmatch(BUCKET, name):
        yield Problem(key, "has a wrong form", shown(name), _LOWER)
    if len(name) > longest:
        do = f"{because}, and {BUCKET_LONGEST} is the most" if because else ""
        yield Problem(key, f"is too long ({len(name)} characters)", shown(name), f"3 to {longest} characters", do)


def display_name(key: str, name: str, *, longest_bytes: int) -> Iterator[Problem]:
    """A name shown in the console. The provider counts bytes of UTF-8, not characters."""
    if name.startswith(("http://", "https://")) or not re.fullmatch(_DISPLAY, name):
        yield Problem(
            key,
            "has a wrong form",
            shown(name),
            "letters, digits, dots, colons, underscores and hyphens, beginning with a letter",
        )
    if (size := len(name.encode())) > longest_bytes:
        yield Problem(key, f"is too long ({size} bytes of UTF-8)", shown(name), f"at most {longest_bytes} bytes")


def different(names: Mapping[str, str]) -> Iterator[Problem]:
    """Names that people would mix up if they were equal."""
    first: dict[str, str] = {}
    for key, name in names.items():
        if (other := first.setdefault(name, key)) != key:
            yield Problem(key, f"is the name of {other} too", shown(name), "a name of its own")


def tag_problems(tags: Mapping[str, str]) -> Iterator[Problem]:
    """Number, keys and values of tags (limits of OSS, the narrowest)."""
    if len(tags) > TAGS_MOST:
        yield Problem("tags", "has too many tags", str(len(tags)), f"at most {TAGS_MOST}")
    for key, value in tags.items():
        path = ("tags", key)
        if names_secret(key):
            yield Problem(
                path, "has a name that asks for a secret", do="no secret is a setting; tags are shown everywhere"
            )
        elif key in ("site", "managed-by"):
            yield Problem(path, "is set by dicom-cdk itself", shown(key), "another key")
        elif key.lower().startswith(("aliyun", "acs:")) or "http://" in key or "https://" in key:
            yield Problem(
                path,
                "has a key that the vendor keeps for itself",
                shown(key),
                "a key without aliyun, acs:, http:// and https://",
            )
        elif len(key) > 64:
            yield Problem(
                path, f"has a key that is too long ({len(key)} characters)", shown(key), "at most 64 characters"
            )
        if len(value) > 128 or "\n" in value or "http://" in value or "https://" in value:
            yield Problem(
                path,
                "has a wrong value",
                shown(value),
                "one line of at most 128 characters without http:// and https://",
            )
