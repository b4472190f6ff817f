"""Rules that look at several keys, or that no pattern can say. One file a topic; each a pure function over values.

A rule takes the checked site and yields problems; it stops by itself where it meets a value that has been refused already. All
rules run, whatever the others found. To add one: write it in the file of its topic, put it into that file's list, test its
message.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem
from dicom_cdk.settings.rules.addresses import ADDRESS_RULES
from dicom_cdk.settings.rules.between_sites import BETWEEN_SITES
from dicom_cdk.settings.rules.cache import CACHE_RULES
from dicom_cdk.settings.rules.choices import CHOICE_RULES
from dicom_cdk.settings.rules.clients import CLIENT_RULES
from dicom_cdk.settings.rules.dimse import DIMSE_RULES
from dicom_cdk.settings.rules.drill import DRILL_RULES
from dicom_cdk.settings.rules.hl7 import HL7_RULES
from dicom_cdk.settings.rules.hospital_links import HOSPITAL_LINK_RULES
from dicom_cdk.settings.rules.login import LOGIN_RULES
from dicom_cdk.settings.rules.logs import LOG_RULES
from dicom_cdk.settings.rules.modalities import MODALITY_RULES
from dicom_cdk.settings.rules.names import NAME_RULES
from dicom_cdk.settings.rules.places import PLACE_RULES
from dicom_cdk.settings.rules.recovery import RECOVERY_RULES
from dicom_cdk.settings.rules.retention import RETENTION_RULES
from dicom_cdk.settings.rules.sizes import SIZE_RULES
from dicom_cdk.settings.rules.space import SPACE_RULES
from dicom_cdk.settings.rules.tenants import TENANT_RULES
from dicom_cdk.settings.rules.times import TIME_RULES
from dicom_cdk.settings.rules.titles_apart import TITLE_RULES
from dicom_cdk.settings.rules.versions import VERSION_RULES

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

RULES: "tuple[Callable[[SiteSettings], Iterable[Problem]], ...]" = (
    *PLACE_RULES,
    *ADDRESS_RULES,
    *SPACE_RULES,
    *NAME_RULES,
    *SIZE_RULES,
    *VERSION_RULES,
    *TIME_RULES,
    *CLIENT_RULES,
    *LOGIN_RULES,
    *CHOICE_RULES,
    *RECOVERY_RULES,
    *RETENTION_RULES,
    *CACHE_RULES,
    *MODALITY_RULES,
    *DIMSE_RULES,
    *HOSPITAL_LINK_RULES,
    *HL7_RULES,
    *TENANT_RULES,
    *TITLE_RULES,
    *DRILL_RULES,
    *LOG_RULES,
)

__all__ = ["BETWEEN_SITES", "RULES"]
