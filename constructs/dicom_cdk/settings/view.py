"""The values of a site as rules see them: attributes by the models' names, before there is a model.

A rule that looks at a refused value stops there (Unusable): that value has its own error already.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from dicom_cdk.settings.single_value import INVALID

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


class Unusable(Exception):
    """A rule asked for a value that was refused."""


class View:
    """Read-only attributes over checked values; maps of settings are views themselves."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._values[name]
        except KeyError:
            raise AttributeError(name) from None
        if value is INVALID:
            raise Unusable(name)
        return _seen(value, name)


# Maps whose keys the site chooses; all other maps are settings.
FREE_MAPS = ("tags", "moved")


def as_site(values: Mapping[str, Any]) -> "SiteSettings":
    """Checked values as the rules' argument: typed as the model that they are checked for."""
    return cast("SiteSettings", View(values))


def _seen(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        if name not in FREE_MAPS:
            return View(value)
        if any(each is INVALID for each in value.values()):
            raise Unusable(name)
        return value
    if isinstance(value, tuple):
        return tuple(_seen(each, name) for each in value)
    return value
