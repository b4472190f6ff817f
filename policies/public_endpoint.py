"""Nothing has an address, endpoint or switch of its own on the internet: the gateway is the only public way in."""

from collections.abc import Iterator
from typing import Any

from dicom_policy import Json, ResourcePolicy, is_reference, is_true, values

ALWAYS, ON, OFF, SOME = "always", "on", "off", "some"
Opening = str | tuple[str, ...]
"""ALWAYS: the resource is a public way; ON, OFF: how a switch must stand; SOME: any number but 0, any
text; else the values that open."""
INTERNET: Opening = ("internet", "internetandintranet", "any", "pubnet", "both", "public")
BANDWIDTH: dict[str, Opening] = {"internet_max_bandwidth_out": SOME}

PUBLIC: dict[str, dict[str, Opening]] = {
    "alicloud_adb_connection": {"": ALWAYS},
    "alicloud_alb_load_balancer": {"address_type": INTERNET, "ipv6_address_type": INTERNET},
    "alicloud_alikafka_instance": {"deploy_type": ("4",), "eip_max": SOME},
    "alicloud_amqp_instance": {"support_eip": ON},
    "alicloud_api_gateway_api": {"auth_type": ("anonymous",)},
    "alicloud_apig_gateway": {"network_access_config.type": INTERNET},
    "alicloud_bastionhost_instance": {"enable_public_access": ON},
    "alicloud_cassandra_cluster": {"enable_public": ON},
    "alicloud_cassandra_data_center": {"enable_public": ON},
    "alicloud_cddc_dedicated_propre_host": BANDWIDTH,
    "alicloud_click_house_db_cluster": {"allocate_public_connection": ON},
    "alicloud_click_house_enterprise_db_cluster_public_endpoint": {"": ALWAYS},
    "alicloud_cr_chart_namespace": {"default_repo_type": INTERNET},
    "alicloud_cr_chart_repository": {"repo_type": INTERNET},
    "alicloud_cr_ee_namespace": {"default_visibility": INTERNET},
    "alicloud_cr_internet_endpoint": {"": ALWAYS},
    "alicloud_cr_namespace": {"default_visibility": INTERNET},
    "alicloud_cr_repo": {"repo_type": INTERNET},
    "alicloud_cs_edge_kubernetes": {"slb_internet_enabled": ON},
    "alicloud_cs_kubernetes": {"slb_internet_enabled": ON},
    "alicloud_cs_kubernetes_node_pool": {**BANDWIDTH, "scaling_config.is_bond_eip": ON},
    "alicloud_cs_managed_kubernetes": {
        "slb_internet_enabled": ON, "control_plane_endpoints_config.load_balancers_config.endpoint_type": INTERNET,
    },
    "alicloud_cs_serverless_kubernetes": {"endpoint_public_access_enabled": ON},
    "alicloud_eci_container_group": {"auto_create_eip": ON, "eip_instance_id": SOME},
    "alicloud_eci_virtual_node": {"enable_public_network": ON, "eip_instance_id": SOME},
    "alicloud_ecp_instance": {"eip_bandwidth": SOME},
    "alicloud_ecs_image_pipeline": BANDWIDTH,
    "alicloud_ecs_instance_set": BANDWIDTH,
    "alicloud_ecs_launch_template": BANDWIDTH,
    "alicloud_edas_k8s_application": {"internet_slb_id": SOME, "internet_target_port": SOME},
    "alicloud_edas_k8s_slb_attachment": {"slb_configs.type": INTERNET},
    "alicloud_edas_slb_attachment": {"type": INTERNET},
    "alicloud_eipanycast_anycast_eip_address_attachment": {"": ALWAYS},
    "alicloud_elasticsearch_instance": {"enable_public": ON, "enable_kibana_public_network": ON},
    "alicloud_emr_cluster": {"is_open_public_ip": ON},
    "alicloud_emrv2_cluster": {"node_groups.with_public_ip": ON},
    "alicloud_ens_eip_instance_attachment": {"": ALWAYS},
    "alicloud_ens_instance": {**BANDWIDTH, "public_ip_identification": ON},
    "alicloud_ess_eci_scaling_configuration": {"auto_create_eip": ON},
    "alicloud_ess_scaling_configuration": BANDWIDTH,
    "alicloud_fcv3_layer_version": {"public": ON},
    "alicloud_ga_listener": {"": ALWAYS},
    "alicloud_gpdb_connection": {"": ALWAYS},
    "alicloud_hologram_instance": {"endpoints.type": INTERNET},
    "alicloud_kvstore_connection": {"": ALWAYS},
    "alicloud_kvstore_instance": {"enable_public": ON},
    "alicloud_launch_template": BANDWIDTH,
    "alicloud_lindorm_public_network": {"enable_public_network": SOME},
    "alicloud_message_service_endpoint": {"endpoint_enabled": ON},
    "alicloud_mongodb_public_network_address": {"": ALWAYS},
    "alicloud_mongodb_sharding_network_public_address": {"": ALWAYS},
    "alicloud_mse_cluster": {"net_type": INTERNET},
    "alicloud_mse_gateway": {"internet_slb_spec": SOME},
    "alicloud_nlb_load_balancer": {"address_type": INTERNET, "ipv6_address_type": INTERNET},
    "alicloud_open_api_explorer_api_mcp_server": {"public_access": ("on",)},
    "alicloud_oss_access_point": {"public_access_block_configuration.block_public_access": OFF},
    "alicloud_oss_account_public_access_block": {"block_public_access": OFF},
    "alicloud_ots_instance": {"network_type_acl": INTERNET, "accessed_by": INTERNET},
    "alicloud_polardb_application_endpoint": {"net_type": INTERNET},
    "alicloud_polardb_cluster_endpoint": {"net_type": INTERNET},
    "alicloud_polardb_endpoint": {"net_type": INTERNET},
    "alicloud_polardb_endpoint_address": {"": ALWAYS},
    "alicloud_polardb_primary_endpoint": {"net_type": INTERNET},
    "alicloud_polardb_zonal_endpoint": {"net_type": INTERNET},
    "alicloud_rds_ai_instance": {"public_endpoint_enabled": ON, "public_network_access_enabled": ON},
    "alicloud_rds_custom": BANDWIDTH,
    "alicloud_rds_db_instance_endpoint_address": {"": ALWAYS},
    "alicloud_rds_db_proxy_public": {"": ALWAYS},
    "alicloud_rocketmq_instance": {"network_info.internet_info.internet_spec": ("enable",)},
    "alicloud_sag_dnat_entry": {"": ALWAYS},
    "alicloud_selectdb_db_instance": {"enable_public_network": ON},
    "alicloud_service_mesh_service_mesh": {
        "load_balancer.api_server_public_eip": ON, "load_balancer.pilot_public_eip": ON,
    },
    "alicloud_simple_application_server_firewall_rule": {"": ALWAYS},
    "alicloud_slb": {"address_type": INTERNET, "internet": ON},
    "alicloud_vpc_ipv6_internet_bandwidth": {"": ALWAYS},
    "alicloud_yundun_bastionhost_instance": {"enable_public_access": ON},
}  # fmt: skip
"""Type → argument, through blocks → what in it opens the way. Hosts, EIPs, balancers of the classic kind, the database and SAE have
policies of their own (CKV2_DICOM_16, 20, 25, 30)."""
OPEN_BY_DEFAULT = {
    "alicloud_cs_edge_kubernetes": "slb_internet_enabled",
    "alicloud_cs_kubernetes": "slb_internet_enabled",
    "alicloud_cs_managed_kubernetes": "slb_internet_enabled",
}
"""Where the provider takes the switch for on."""


class PublicEndpoint(ResourcePolicy):
    """Whitelists say who may come in by such a way: CKV2_DICOM_18."""

    key = "CKV2_DICOM_19"
    title = "Nothing but the gateway is public"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "leave the public address, endpoint or switch out; reach the service from the VPC, or through the gateway"
    types = tuple(PUBLIC)
    failing = {
        "alicloud_nlb_load_balancer": {"bad_door": {"address_type": "Internet"}},
        "alicloud_gpdb_connection": {"bad_address": {"instance_id": "gp-1"}},
        "alicloud_cs_managed_kubernetes": {"bad_default": {"name": "a"}},
        "alicloud_ess_scaling_configuration": {"bad_bandwidth": {"internet_max_bandwidth_out": 5}},
        "alicloud_service_mesh_service_mesh": {"bad_block": {"load_balancer": [{"pilot_public_eip": True}]}},
        "alicloud_oss_account_public_access_block": {"bad_switch": {"block_public_access": False}},
        "alicloud_ots_instance": {"bad_list": {"network_type_acl": ["VPC", "INTERNET"]}},
    }
    passing = {
        "alicloud_nlb_load_balancer": {"inner": {"address_type": "Intranet"}},
        "alicloud_cs_managed_kubernetes": {"inner": {"slb_internet_enabled": False}},
        "alicloud_ess_scaling_configuration": {"none": {"internet_max_bandwidth_out": 0}},
        "alicloud_ots_instance": {"inner": {"network_type_acl": ["VPC"]}},
    }

    def weighed(self, _: Json) -> tuple[str, ...]:
        return tuple(path for path in PUBLIC[self.entity_type] if path)

    def problems(self, resource: Json) -> Iterator[str]:
        default = OPEN_BY_DEFAULT.get(self.entity_type, "")
        if default and resource.get(default) is None:
            yield f"{default} is missing, which means true"
        for path, opening in PUBLIC[self.entity_type].items():
            if opening == ALWAYS:
                yield "is a way in from the internet"
                continue
            for value in values(resource, path.split(".")):
                if _opens(value, opening):
                    yield f"{path} is {value}"


def _opens(value: Any, opening: Opening) -> bool:
    if value is None or is_reference(value):
        return False
    if opening == ON:
        return is_true(value) or value == 1
    if opening == OFF:
        return str(value).lower() in ("false", "0")
    if opening == SOME:
        return str(value) not in ("", "0", "0.0", "false")
    return str(value).lower() in opening


check = PublicEndpoint()
