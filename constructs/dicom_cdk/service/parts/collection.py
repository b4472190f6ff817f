"""Logs that another product of the cloud writes, brought into a store of ours: the log service's collection policies."""

from cdktf_cdktf_provider_alicloud.sls_collection_policy import (
    SlsCollectionPolicy,
    SlsCollectionPolicyCentralizeConfig,
    SlsCollectionPolicyPolicyConfig,
)
from constructs import Construct

from dicom_cdk.service.identity import Identity


def collect(
    scope: Construct,
    id: str,
    *,
    site: Identity,
    product: str,
    kind: str,
    instances: list[str],
    project: str,
    store: str,
    days: int,
) -> None:
    """`product` and `kind`: the service's codes for product and log. `instances`: whose logs. `days`: that the store keeps them.

    The service answers in two regions only (facts: cloud 4.3).
    """
    SlsCollectionPolicy(
        scope,
        id,
        policy_name=f"{site.name}-{id}",
        product_code=product,
        data_code=kind,
        enabled=True,
        policy_config=SlsCollectionPolicyPolicyConfig(
            resource_mode="instanceMode", regions=[site.region], instance_ids=instances
        ),
        centralize_enabled=True,
        centralize_config=SlsCollectionPolicyCentralizeConfig(
            dest_region=site.region, dest_project=project, dest_logstore=store, dest_ttl=days
        ),
    )
