"""The few lines of shell that both carriers use to put a bundle in place: whole or not at all, also when killed."""

from functools import lru_cache

from dicom_cdk.payload.budget import BUNDLE_LIMIT, Part, Usage
from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.secrets_scan import refuse_secrets

HOME = "/opt/dicom"
"""Folder of all bundles on a host; each room has `HOME/<room>/<hash12>` and the link `HOME/<room>/current`."""


@lru_cache(maxsize=64)
def check_bundle(bundle: Bundle) -> None:
    """Refuses a bundle over its budget (TooLargeError) or with a secret in a file (SecretInTextError); once for each bundle."""
    for file in bundle.files:
        refuse_secrets(file.content.decode(errors="replace"), where=f"{bundle.room}/{file.path}")
    if len(bundle.packed) > BUNDLE_LIMIT:
        parts = tuple(Part(path, size) for path, size in bundle.shares)
        Usage(bundle.room, "packed bundle", BUNDLE_LIMIT, parts).check()


def install_lines(bundle: Bundle, packed: str, carrier: str) -> str:
    """POSIX shell that unpacks `bundle` into its folder and moves the link; `packed` is shell that unpacks the tar.xz
    into `$t`, its here-document included. Expects and leaves nothing but `d` and `h`.

    What a killed run left is removed by the next of its `carrier` (boot, step): of each only one runs at a time, but both may
    at once.
    """
    return f"""\
d="${{DICOM_ROOT:-}}{HOME}/{bundle.room}" h={bundle.hash12}
if [ ! -d "$d/$h" ]; then
  mkdir -p "$d"
  t="$d/.new-{carrier}"
  rm -rf "$t"
  mkdir "$t"
  {packed}  chmod 755 "$t"
  mv -T "$t" "$d/$h" || [ -d "$d/$h" ]
fi
ln -sfn "$h" "$d/.current-{carrier}"
mv -Tf "$d/.current-{carrier}" "$d/current"
"""
