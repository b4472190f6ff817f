"""Room logs: a log project with a store each for gateway and DICOMweb (left out by the guide; facts: provider 7, item 9)."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.log_project import LogProject
from cdktf_cdktf_provider_alicloud.log_store import LogStore
from cdktf_cdktf_provider_alicloud.log_store_index import LogStoreIndex, LogStoreIndexFullText
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.settings.models import logs as settings_logs

STORES = ("gateway", "dicomweb")
WORD_ENDS = ", '\";=()[]{}?@&<>/:\n\t\r"


class Logs(Construct):
    """Log project and stores."""

    project: LogProject
    name: str
    """Name of the project as text."""
    retention_days: int
    """Of every log of the site, on hosts too."""
    stores: dict[str, LogStore]
    """The log store of each room that writes one, by the room's name."""

    def __init__(self, scope: Construct, id: str, *, site: Identity, settings: settings_logs.Logs) -> None:
        super().__init__(scope, id)
        kept = TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None
        self.name, self.retention_days = settings.project or site.unique, settings.retention_days
        self.project = LogProject(
            self,
            "project",
            project_name=self.name,
            description=f"DICOM service {site.name}",
            tags=site.tags,
            lifecycle=kept,
        )
        self.stores = {}
        for room in STORES:
            store = LogStore(
                self,
                room,
                project_name=self.project.project_name,
                logstore_name=room,
                retention_period=settings.retention_days,
                shard_count=2,
                auto_split=True,
                max_split_shard_count=16,
                lifecycle=kept,
            )
            LogStoreIndex(
                self,
                f"{room}-index",
                project=self.project.project_name,
                logstore=store.logstore_name,
                full_text=LogStoreIndexFullText(case_sensitive=False, include_chinese=True, token=WORD_ENDS),
            )
            self.stores[room] = store
