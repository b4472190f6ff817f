"""Rules over whole stacks: what no look at one resource can tell. One rule one file; CKV2_DICOM_101 and up."""

from dicom_cdk.policy.stack_rules.apply_order import APPLY_ORDER
from dicom_cdk.policy.stack_rules.archive_http import ARCHIVE_HTTP
from dicom_cdk.policy.stack_rules.balanced_dimse import BALANCED_DIMSE
from dicom_cdk.policy.stack_rules.bucket_logs import BUCKET_LOGS
from dicom_cdk.policy.stack_rules.contracts import CONTRACTS
from dicom_cdk.policy.stack_rules.directory_pair import DIRECTORY_PAIR
from dicom_cdk.policy.stack_rules.door_container import DOOR_CONTAINER
from dicom_cdk.policy.stack_rules.drill import DRILL
from dicom_cdk.policy.stack_rules.exposure import EXPOSURE
from dicom_cdk.policy.stack_rules.host_backup import HOST_BACKUP
from dicom_cdk.policy.stack_rules.listed_modalities import LISTED_MODALITIES
from dicom_cdk.policy.stack_rules.locked_buckets import LOCKED_BUCKETS
from dicom_cdk.policy.stack_rules.networks import NETWORKS
from dicom_cdk.policy.stack_rules.replication import REPLICATED
from dicom_cdk.policy.stack_rules.rule import StackRule
from dicom_cdk.policy.stack_rules.secret_readers import SECRET_READERS
from dicom_cdk.policy.stack_rules.trail import TRAIL
from dicom_cdk.policy.stack_rules.whitelist import WHITELIST
from dicom_cdk.policy.stack_rules.zones import ZONES

__all__ = ["RULES", "StackRule"]

RULES = (
    ZONES,
    NETWORKS,
    DIRECTORY_PAIR,
    HOST_BACKUP,
    SECRET_READERS,
    CONTRACTS,
    EXPOSURE,
    APPLY_ORDER,
    BUCKET_LOGS,
    WHITELIST,
    ARCHIVE_HTTP,
    TRAIL,
    REPLICATED,
    LISTED_MODALITIES,
    BALANCED_DIMSE,
    DRILL,
    DOOR_CONTAINER,
    LOCKED_BUCKETS,
)
