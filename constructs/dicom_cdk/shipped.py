"""Where the files that ship with the project are: assets, policies, provider facts.

In a checkout they lie at the repository's top; in an installed wheel, in the package's folder `data` (see pyproject.toml).
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"
_CHECKOUT = _PACKAGE.parent.parent


def how_to_get(extra: str) -> str:
    """What to do for an optional extra: in a checkout, with an installed wheel."""
    return "run make setup" if (_CHECKOUT / "Makefile").is_file() else f"install dicom-cdk[{extra}]"


def path(relative: str) -> Path:
    """The file or folder `relative`, such as ``assets/gateway`` or ``provider/schema.json.gz``.

    Raises FileNotFoundError naming both places that were looked at.
    """
    for root in (_INSTALLED, _CHECKOUT):
        found = root / relative
        if found.exists():
            return found
    raise FileNotFoundError(
        f"{relative}: not shipped with this installation (looked in {_INSTALLED} and {_CHECKOUT}); "
        "reinstall dicom-cdk or work in a complete checkout"
    )
