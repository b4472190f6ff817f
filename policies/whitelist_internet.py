"""No whitelist of a service that holds data, and no access list, lets in the internet, or so much of it that no client has it."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet
from dicom_policy import Json, ResourcePolicy, values

WHITELISTS: dict[str, tuple[str, ...]] = {
    "alicloud_adb_cluster": ("security_ips",),
    "alicloud_adb_db_cluster": ("security_ips",),
    "alicloud_adb_db_cluster_lake_version": ("security_ips",),
    "alicloud_alb_acl": ("acl_entries.entry",),
    "alicloud_alb_acl_entry_attachment": ("entry",),
    "alicloud_alikafka_instance_allowed_ip_attachment": ("allowed_ip",),
    "alicloud_api_gateway_access_control_list": ("acl_entrys.acl_entry_ip",),
    "alicloud_api_gateway_acl_entry_attachment": ("entry",),
    "alicloud_bastionhost_instance": ("public_white_list",),
    "alicloud_cassandra_cluster": ("ip_white",),
    "alicloud_click_house_db_cluster": ("db_cluster_access_white_list.security_ip_list",),
    "alicloud_click_house_enterprise_db_cluster_security_ip": ("security_ip_list",),
    "alicloud_cloud_storage_gateway_gateway_file_share": ("ro_client_list", "rw_client_list"),
    "alicloud_cr_endpoint_acl_policy": ("entry",),
    "alicloud_cr_internet_endpoint": ("entries.entry",),
    "alicloud_db_readonly_instance": ("security_ips",),
    "alicloud_dfs_access_rule": ("network_segment",),
    "alicloud_ecd_policy_group": ("authorize_access_policy_rules.cidr_ip",),
    "alicloud_elasticsearch_instance": ("public_whitelist", "private_whitelist", "kibana_whitelist", "kibana_private_whitelist"),
    "alicloud_event_bridge_event_source_v2": ("source_http_event_parameters.ip",),
    "alicloud_ga_acl": ("acl_entries.entry",),
    "alicloud_ga_acl_entry_attachment": ("entry",),
    "alicloud_gpdb_db_instance_ip_array": ("security_ip_list",),
    "alicloud_gpdb_elastic_instance": ("security_ip_list",),
    "alicloud_gpdb_instance": ("security_ip_list", "ip_whitelist.security_ip_list"),
    "alicloud_gpdb_supabase_project": ("security_ip_list",),
    "alicloud_graph_database_db_instance": ("db_instance_ip_array.security_ips",),
    "alicloud_hbase_instance": ("ip_white",),
    "alicloud_kms_network_rule": ("source_private_ip",),
    "alicloud_kvstore_instance": ("security_ips",),
    "alicloud_lindorm_instance": ("ip_white_list",),
    "alicloud_lindorm_instance_v2": ("white_ip_list.ip_list",),
    "alicloud_maxcompute_project": ("ip_white_list.ip_list", "ip_white_list.vpc_ip_list"),
    "alicloud_message_service_endpoint_acl": ("cidr",),
    "alicloud_mongodb_global_security_ip_group": ("global_security_ip_list",),
    "alicloud_mongodb_instance": ("security_ip_list", "security_ip_groups.security_ip_list"),
    "alicloud_mongodb_serverless_instance": ("security_ip_groups.security_ip_list",),
    "alicloud_mongodb_sharding_instance": ("security_ip_list", "security_ip_groups.security_ip_list"),
    "alicloud_mse_cluster": ("acl_entry_list",),
    "alicloud_polardb_application": ("security_ip_list",),
    "alicloud_polardb_cluster": ("security_ips", "db_cluster_ip_array.security_ips"),
    "alicloud_polardb_global_security_ip_group": ("global_ip_list",),
    "alicloud_rds_clone_db_instance": ("security_ips",),
    "alicloud_rds_ddr_instance": ("security_ips",),
    "alicloud_rds_upgrade_db_instance": ("security_ips",),
    "alicloud_rds_whitelist_template": ("ip_white_list",),
    "alicloud_redis_global_security_ip_group": ("global_ip_list",),
    "alicloud_redis_tair_instance": ("security_ips",),
    "alicloud_rocketmq_acl": ("ip_whitelists",),
    "alicloud_rocketmq_instance": ("ip_whitelists", "network_info.internet_info.ip_whitelist"),
    "alicloud_selectdb_db_instance": ("desired_security_ip_lists.security_ip_list",),
    "alicloud_slb_acl": ("entry_list.entry",),
    "alicloud_slb_acl_entry_attachment": ("entry",),
    "alicloud_yundun_bastionhost_instance": ("public_white_list",),
}  # fmt: skip
"""Type → arguments that list who may come, through blocks; several in one text stand with commas between them."""
EVERYBODY = ("0.0.0.0", "::", "%")
"""What some services take for all addresses."""


class WhitelistInternet(ResourcePolicy):
    """The database of a site is CKV2_DICOM_10, file systems are CKV2_DICOM_131: those must be private.

    0.0.0.0/1 and 128.0.0.0/1 together are everybody: a public range with a prefix shorter than /16 is no client.
    """

    key = "CKV2_DICOM_18"
    title = "No whitelist lets in the internet, nor half of it"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "name the clients: CIDRs of the VPC's vSwitches, or of one office or hospital"
    types = tuple(WHITELISTS)
    failing = {
        "alicloud_kvstore_instance": {"bad_all": {"security_ips": ["127.0.0.1", "0.0.0.0/0"]}},
        "alicloud_gpdb_instance": {"bad_halves": {"ip_whitelist": [{"security_ip_list": "0.0.0.0/1,128.0.0.0/1"}]}},
        "alicloud_slb_acl_entry_attachment": {"bad_v6": {"acl_id": "acl-1", "entry": "8000::/1"}},
        "alicloud_mongodb_instance": {"bad_word": {"security_ip_list": ["0.0.0.0"]}},
        "alicloud_hbase_instance": {"bad_text": {"ip_white": "10.0.0.1,0.0.0.0/1"}},
        "alicloud_kms_network_rule": {"bad_key": {"source_private_ip": ["0.0.0.0/0"]}},
        "alicloud_ecd_policy_group": {"bad_desk": {"authorize_access_policy_rules": [{"cidr_ip": "0.0.0.0/0"}]}},
        "alicloud_cassandra_cluster": {"bad_list": {"ip_white": "0.0.0.0/0"}},
        "alicloud_cr_internet_endpoint": {"bad_entry": {"entries": [{"entry": "0.0.0.0/0"}]}},
        "alicloud_dfs_access_rule": {"bad_segment": {"network_segment": "0.0.0.0/0"}},
        "alicloud_message_service_endpoint_acl": {"bad_queue": {"acl_strategy": "allow", "cidr": "0.0.0.0/0"}},
        "alicloud_event_bridge_event_source_v2": {"bad_source": {"source_http_event_parameters": [{"ip": ["::/0"]}]}},
        "alicloud_cloud_storage_gateway_gateway_file_share": {"bad_share": {"rw_client_list": "0.0.0.0/0"}},
        "alicloud_polardb_cluster": {"bad_block": {"db_cluster_ip_array": [{"security_ips": ["8.0.0.0/8"]}]}},
    }
    passing = {
        "alicloud_kvstore_instance": {"vpc": {"security_ips": ["172.18.80.0/20", "${alicloud_vswitch.g.cidr_block}"]}},
        "alicloud_slb_acl_entry_attachment": {"office": {"acl_id": "acl-1", "entry": "8.8.0.0/16"}},
        "alicloud_hbase_instance": {"vpc": {"ip_white": "10.0.0.0/8,127.0.0.1"}},
        "alicloud_cr_internet_endpoint": {"office": {"entries": [{"entry": "8.8.8.0/24"}]}},
        "alicloud_dfs_access_rule": {"vswitch": {"network_segment": "172.18.80.0/20"}},
        "alicloud_message_service_endpoint_acl": {"office": {"acl_strategy": "allow", "cidr": "8.8.8.0/24"}},
        "alicloud_event_bridge_event_source_v2": {"office": {"source_http_event_parameters": [{"ip": ["8.8.8.0/24"]}]}},
        "alicloud_cloud_storage_gateway_gateway_file_share": {"vpc": {"rw_client_list": "172.18.80.0/20"}},
        "alicloud_polardb_cluster": {"none": {"db_type": "MySQL"}},
    }

    def weighed(self, _: Json) -> tuple[str, ...]:
        return WHITELISTS[self.entity_type]

    def problems(self, resource: Json) -> Iterator[str]:
        for path in WHITELISTS[self.entity_type]:
            for text in map(str, values(resource, path.split("."))):
                for one in (part.strip() for part in text.split(",")):
                    if one in EVERYBODY or is_internet(one):
                        yield f"{path} has {one}"


check = WhitelistInternet()
