"""A database of an RDS instance and the account that owns it: SQL of the archive's tables runs as nobody else."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.db_account_privilege import DbAccountPrivilege
from cdktf_cdktf_provider_alicloud.db_database import DbDatabase
from cdktf_cdktf_provider_alicloud.rds_account import RdsAccount
from constructs import Construct

from dicom_cdk.settings.models import database as settings_database


def owned_database(
    scope: Construct,
    id: str,
    *,
    instance_id: str,
    settings: settings_database.Database,
    password: str,
    description: str,
    protected: bool = False,
) -> DbAccountPrivilege:
    """`id`: of the database's construct; its account and their privilege stand beside it. `protected`: no plan may
    destroy the database. What is given back is ready last."""
    account = RdsAccount(
        scope,
        "account",
        db_instance_id=instance_id,
        account_name=settings.user,
        account_type="Normal",
        account_password=password,
        account_description=description,
    )
    database = DbDatabase(
        scope,
        id,
        instance_id=instance_id,
        data_base_name=settings.name,
        character_set="UTF8",
        description=description,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
    )
    return DbAccountPrivilege(
        scope,
        "privilege",
        instance_id=instance_id,
        account_name=account.account_name,
        privilege="DBOwner",
        db_names=[database.data_base_name],
    )
