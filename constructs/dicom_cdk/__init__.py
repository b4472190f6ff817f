"""dicom-cdk: one short YAML file per site becomes the Terraform of a complete DICOM service on Alibaba Cloud.

As a library, in a CDKTF app of your own (docs/library.md):

    import dicom_cdk
    from cdktf import App
    from dicom_cdk import DicomStack, load_site, synth_app
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dicom_cdk.service.bootstrap import BootstrapStack
    from dicom_cdk.service.identity import Identity
    from dicom_cdk.service.stack import DicomStack
    from dicom_cdk.service.waivers import waive
    from dicom_cdk.settings.errors import SettingsError
    from dicom_cdk.settings.loader import load_site, load_sites
    from dicom_cdk.settings.site import SiteSettings
    from dicom_cdk.synth import synth_app, synthesize

__version__ = "0.2.0"

__all__ = [
    "BootstrapStack",
    "DicomStack",
    "Identity",
    "SettingsError",
    "SiteSettings",
    "load_site",
    "load_sites",
    "synth_app",
    "synthesize",
    "waive",
]

# Imported when asked for: constructs start Node, and no settings error or help text waits for that.
_HOMES = {
    "BootstrapStack": "service.bootstrap",
    "DicomStack": "service.stack",
    "Identity": "service.identity",
    "SettingsError": "settings.errors",
    "SiteSettings": "settings.site",
    "load_site": "settings.loader",
    "load_sites": "settings.loader",
    "synth_app": "synth",
    "synthesize": "synth",
    "waive": "service.waivers",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
