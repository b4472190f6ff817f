"""The list of modalities that a stack carries: an object of the bucket of operations, plain JSON."""

from typing import Any

from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.policy.document import Document

PREFIX = "modalities/"


def listed(document: Document | None) -> dict[str, Any] | None:
    """`hospitals` and `modalities` as the list has them; None for a stack without one, or with one that cannot be read."""
    return _with(document, "modalities")


def partners(document: Document | None) -> dict[str, Any] | None:
    """`hospitals` and `hl7` as the list has them; None for a stack without a list of partners."""
    return _with(document, "hl7")


def _with(document: Document | None, key: str) -> dict[str, Any] | None:
    for one in document.of("alicloud_oss_bucket_object") if document else ():
        if str(one.get("key")).startswith(PREFIX):
            try:
                found = read_json(str(one.get("content")))
            except ValueError:
                continue
            if isinstance(found, dict) and key in found:
                return found
    return None


STORE, QUERY = "store_ae_title", "query_ae_title"


def called_titles(listed: dict[str, Any], one: dict[str, Any]) -> dict[str, str]:
    """What a listed device does → the AE title of the archive that it calls for it; the worklist's is another's to say."""
    archive, may = listed.get("archive", {}), one.get("may", ())
    if STORE not in archive:
        return {"store and query": called_title(listed, one)}
    stores = "store" in may or ("worklist" in may and archive.get("worklist_ae_title") == archive.get("ae_title"))
    found = {"store": str(archive[STORE])} if stores else {}
    return found | ({"query": str(archive[QUERY])} if {"query", "retrieve"} & set(may) else {})


def called_title(listed: dict[str, Any], one: dict[str, Any]) -> str:
    """AE title of the archive that a listed device calls to store and to query: its hospital's tenant's, or the site's."""
    for tenant in listed.get("tenants", ()):
        if one.get("hospital") in tenant.get("hospitals", ()):
            return str(tenant.get("ae_title"))
    return str(listed.get("archive", {}).get("ae_title"))
