"""Room database: the guide's instance in two zones, hardened."""

from collections.abc import Callable

from tests.service.sites import CHOSEN
from tests.synthesized import Synthesized


def test_the_default_instance_has_the_sizes_of_the_guide(default_stack: Synthesized) -> None:
    instance = default_stack.resources["database/instance"]
    assert {
        name: instance[name]
        for name in (
            "engine",
            "category",
            "instance_type",
            "db_instance_storage_type",
            "instance_storage",
            "zone_id",
            "zone_id_slave_a",
        )
    } == {
        "engine": "PostgreSQL",
        "category": "HighAvailability",
        "instance_type": "pg.n2.2c.2m",
        "db_instance_storage_type": "cloud_essd3",
        "instance_storage": 1500,
        "zone_id": "cn-shanghai-l",
        "zone_id_slave_a": "cn-shanghai-g",
    }


def test_the_whitelist_is_the_two_vswitches_and_nothing_else(default_stack: Synthesized) -> None:
    assert default_stack.resources["database/instance"]["security_ips"] == ["172.18.80.0/20", "172.18.16.0/20"]


def test_connections_are_encrypted_and_so_is_the_storage(default_stack: Synthesized) -> None:
    instance = default_stack.resources["database/instance"]
    assert (instance["ssl_action"], instance["ca_type"]) == ("Open", "aliyun")
    assert instance["encryption_key"] == "${alicloud_kms_key.secrets_key.id}"


def test_the_account_owns_the_database_and_its_password_is_generated(default_stack: Synthesized) -> None:
    assert default_stack.resources["database/privilege"]["privilege"] == "DBOwner"
    assert (
        default_stack.resources["database/account"]["account_password"]
        == "${random_password.secrets_database-value.result}"
    )


def test_backups_are_daily_and_logs_are_kept_no_longer_than_backups(stack_with: Callable[..., Synthesized]) -> None:
    backup = stack_with(**CHOSEN).resources["database/backup"]
    assert len(backup["preferred_backup_period"]) == 7
    assert backup["preferred_backup_time"] == "23:00Z-24:00Z"
    assert (backup["backup_retention_period"], backup["log_backup_retention_period"]) == (90, 60)


def test_a_prepaid_instance_has_a_period_but_no_deletion_protection(stack_with: Callable[..., Synthesized]) -> None:
    instance = stack_with(**CHOSEN).resources["database/instance"]
    assert (instance["period"], instance["deletion_protection"]) == (24, False)
    assert instance["lifecycle"]["prevent_destroy"] is True
