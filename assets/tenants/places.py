"""Where a tenant's images lie: entries of storages, exporter and export rule. The values are those of the step."""

PATH = "{now,yyyy/MM/dd}/{0020000D,hash}/{0020000E,hash}/{00080018,hash}"
"""The archive's own names of objects, which follow the prefix."""
QUEUE, RULE = "Export", "To OSS"
Attributes = dict[str, list[str]]


def below(values: dict, tenant: dict) -> tuple[Attributes, list[str]]:
    """Attributes and properties that put names of objects below the tenant's prefix."""
    if not tenant["prefix"]:
        return ({"dcmStoragePathFormat": []} if values["path_by"] == "attribute" else {}), []
    path = f"{tenant['prefix']}/{PATH}"
    if values["path_by"] == "attribute":
        return {"dcmStoragePathFormat": [path]}, []
    return {}, [f"pathFormat={path}"]


def bucket(values: dict, tenant: dict, identity: str, credential: str) -> Attributes:
    attributes, properties = below(values, tenant)
    properties += [
        f"container={tenant['bucket']}", "containerExists=true", f"credential={credential}", f"identity={identity}",
        "jclouds.s3.virtual-host-buckets=true", "jclouds.strip-expect-header=true",
        *([f"jclouds.s3.signer-version={values['signature_version']}"] if values["signature_version"] != 2 else []),
    ]  # fmt: skip
    found = {
        "dcmURI": [f"jclouds:s3:{values['storage_endpoint']}"],
        "dcmDigestAlgorithm": ["MD5"],
        "dcmProperty": properties,
        **attributes,
    }
    # Read after the folder, where both hold a copy.
    return found if values["receive"] == "direct" else {**found, "dcmInstanceAvailability": ["NEARLINE"]}


def folder_id(values: dict, tenant: dict) -> str:
    return f"{values['folder_id']}-{tenant['key']}"


def folder(values: dict, tenant: dict) -> Attributes:
    """The site's folder under a name of the tenant's: only what lies in its own bucket leaves it."""
    guarded = values["guard_by"] == "attribute"
    path = {"dcmStoragePathFormat": [f"{tenant['key']}/{PATH}"]} if values["path_by"] == "attribute" else {}
    properties = [] if path else [f"pathFormat={tenant['key']}/{PATH}"]
    draining = values["receive"] == "drain"
    return {
        "dcmURI": [values["folder_uri"]],
        "dcmDigestAlgorithm": ["MD5"],
        "dcmInstanceAvailability": ["ONLINE"],
        # Never TEMPORARY, which deletes studies, not files.
        "dcmStorageDuration": ["CACHE"],
        "dcmDeleterThreshold": [f"{values['size_gb'] * 2 if draining else values['free_gb']}GB"],
        "dcmExportStorageID": [tenant["storage_id"]],
        "dcmProperty": [*properties, *([] if guarded else [f"checkMountFile={values['guard']}"])],
        **({"dcmCheckMountFilePath": [values["guard"]]} if guarded else {}),
        **path,
    }


def exporter_id(tenant: dict) -> str:
    return f"to-oss-{tenant['key']}"


def exporter(tenant: dict) -> Attributes:
    return {
        "dcmURI": [f"storage:{tenant['storage_id']}"],
        "dcmQueueName": [QUEUE],
        "dicomAETitle": [tenant["ae_title"]],
    }


def rule(values: dict, tenant: dict) -> Attributes:
    return {"dcmEntity": ["Series"], "dcmExporterID": [exporter_id(tenant)], "dcmDuration": [values["quiet"]]}


def words(tenant: dict) -> str:
    return tenant["bucket"] + (f"/{tenant['prefix']}" if tenant["prefix"] else "")
