"""What an account may refuse at no cost is made before what is bought: a first apply that fails there has bought nothing.

Names that are unique in the world, services that nobody activated, KMS without an instance (facts: cloud 1.3, 2.3).
"""

from cdktf import TerraformResource, TerraformStack

BINDINGS = "cdktf_cdktf_provider_"
MAY_BE_REFUSED = {
    "alicloud_log_project": "a name unique in the world; the log service activated",
    "alicloud_oss_bucket": "a name unique in the world; object storage activated",
    "alicloud_kms_secret": "KMS activated, its instance, the storage user's AccessKey",
    "alicloud_oss_bucket_object": "the same for a site without a KMS instance",
    "alicloud_sae_namespace": "SAE activated",
    "alicloud_cms_alarm_contact": "CloudMonitor",
}
"""Type → what is known once it is made. None costs anything while it is empty."""
BOUGHT = (
    "alicloud_cr_ee_instance",
    "alicloud_db_instance",
    "alicloud_eip_address",
    "alicloud_instance",
    "alicloud_nat_gateway",
    "alicloud_slb_load_balancer",
)
"""What costs from the moment it is made, some of it by the month."""


def buy_last(stack: TerraformStack) -> None:
    """Let every resource of `BOUGHT` wait for those of `MAY_BE_REFUSED`, which never need one of them."""
    resources = [one for one in stack.node.find_all() if isinstance(one, TerraformResource)]
    kinds = [(_kind(one), one) for one in resources]
    first = sorted(f"{kind}.{one.friendly_unique_id}" for kind, one in kinds if kind in MAY_BE_REFUSED)
    for kind, one in kinds:
        if kind in BOUGHT:
            one.depends_on = [*(one.depends_on or []), *first]


def _kind(one: TerraformResource) -> str:
    """The resource's type; of a class of the bindings by its module, ``cdktf_cdktf_provider_alicloud.vpc``: Node is not asked."""
    if type(one) is TerraformResource:
        return one.terraform_resource_type
    package, _, module = type(one).__module__.partition(".")
    return f"{package.removeprefix(BINDINGS)}_{module}"
