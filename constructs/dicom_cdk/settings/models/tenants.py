"""Tenants: AE titles of the archive with a bucket or a prefix of their own."""

from dicom_cdk.settings.models.archive import AeTitle
from dicom_cdk.settings.models.base import Settings, setting


class Tenant(Settings):
    """One tenant: its AE title, where its images lie, whose devices call it. One of bucket and prefix."""

    ae_title: AeTitle = setting()
    """AE title that the archive gets for it, made after the archive's own: devices store and query there, DICOMweb is below it."""
    bucket: str | None = setting(None, min_length=3, max_length=63)
    """A bucket of its own, unique in the world. Another one later is a move: copy the objects first."""
    prefix: str | None = setting(None, pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=64)
    """Instead: where in the site's bucket, such as north."""
    hospitals: tuple[str, ...] = ()
    """Hospitals of `hospitals` whose listed devices call this AE title and no other of the archive that stores or finds images."""
