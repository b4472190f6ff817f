"""Types that no call is asked about, and why; what is neither here nor in a check is told as not judged."""

MADE_INSIDE = "made inside something that is asked about; nothing of the account decides"
SETTING = "a setting of something that is asked about"
BY_PERMISSION = "only the deployer's permissions decide; RAM has no call that simulates them"
HERE = "exists in Terraform only"

UNASKED: dict[str, str] = {
    **dict.fromkeys(
        ("alicloud_cr_artifact_subscription_rule", "alicloud_db_account_privilege", "alicloud_db_database", "alicloud_rds_account",
         "alicloud_ecs_command", "alicloud_ecs_invocation", "alicloud_fcv3_trigger", "alicloud_log_store", "alicloud_kms_alias",
         "alicloud_sae_load_balancer_intranet", "alicloud_slb_listener", "alicloud_slb_master_slave_server_group",
         "alicloud_snat_entry", "alicloud_ots_table",
         "alicloud_oss_bucket_object", "alicloud_log_dashboard", "alicloud_log_alert", "alicloud_log_machine_group",
         "alicloud_logtail_config", "alicloud_logtail_attachment", "alicloud_slb_server_group",
         "alicloud_slb_server_group_server_attachment", "alicloud_vpc_flow_log", "alicloud_sls_collection_policy",
         "alicloud_nas_access_group", "alicloud_nas_access_rule", "alicloud_nas_mount_target", "alicloud_hbr_policy",
         "alicloud_hbr_policy_binding", "alicloud_route_entry", "alicloud_sae_config_map",
         "alicloud_vpn_connection", "alicloud_vpn_customer_gateway"),
        MADE_INSIDE,
    ),
    **dict.fromkeys(
        ("alicloud_db_backup_policy", "alicloud_ecs_auto_snapshot_policy", "alicloud_ecs_auto_snapshot_policy_attachment",
         "alicloud_ecs_ram_role_attachment", "alicloud_eip_association", "alicloud_log_store_index", "alicloud_oss_bucket_acl",
         "alicloud_oss_bucket_https_config", "alicloud_oss_bucket_policy", "alicloud_oss_bucket_public_access_block",
         "alicloud_oss_bucket_logging", "alicloud_oss_bucket_replication", "alicloud_oss_bucket_versioning",
         "alicloud_oss_bucket_cors", "alicloud_oss_bucket_worm", "alicloud_oss_bucket_access_monitor",
         "alicloud_oss_bucket_server_side_encryption",
         "alicloud_ram_role_policy_attachment", "alicloud_ram_user_policy_attachment"),
        SETTING,
    ),
    **dict.fromkeys(
        ("alicloud_ram_access_key", "alicloud_ram_policy", "alicloud_ram_role", "alicloud_ram_user",
         "alicloud_actiontrail_trail", "alicloud_log_alert_resource", "alicloud_log_resource_record", "alicloud_cms_site_monitor",
         "alicloud_rds_service_linked_role", "alicloud_vswitch"),
        BY_PERMISSION,
    ),
    **dict.fromkeys(("random_password", "random_string", "random_id", "terraform_data", "null_resource", "time_sleep"), HERE),
}  # fmt: skip
"""Type → why nothing is asked."""
