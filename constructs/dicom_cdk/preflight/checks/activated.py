"""Are the services activated, and their linked roles made? One call answers for all of them."""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word, words
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import PROVISIONS
from dicom_cdk.finding import Finding
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok

SERVICES = {
    "alicloud_cms_alarm": "CMS", "alicloud_cms_alarm_contact": "CMS", "alicloud_cms_alarm_contact_group": "CMS",
    "alicloud_cr_ee_instance": "CR", "alicloud_cr_ee_namespace": "CR", "alicloud_cr_ee_repo": "CR",
    "alicloud_cr_vpc_endpoint_linked_vpc": "PrivateZone", "alicloud_fcv3_function": "FC", "alicloud_hbr_vault": "HBR",
    "alicloud_kms_key": "KMS", "alicloud_kms_secret": "KMS", "alicloud_nas_file_system": "NAS", "alicloud_oss_bucket": "OSS",
    "alicloud_ots_instance": "OTS", "alicloud_privatelink_vpc_endpoint": "PrivateLink", "alicloud_pvtz_zone": "PrivateZone",
    "alicloud_sae_application": "SAE", "alicloud_sae_namespace": "SAE", "alicloud_log_project": "SLS",
}  # fmt: skip
"""Type → name of GetServiceProvisions, which knows nothing of ECS, RDS, CLB and DNS."""
ACTIVATES = {
    "alicloud_fc_service": "FC", "alicloud_kms_service": "KMS", "alicloud_log_service": "SLS", "alicloud_oss_service": "OSS",
    "alicloud_ots_service": "OTS", "alicloud_pvtz_service": "PrivateZone", "alicloud_sae_service": "SAE",
    "alicloud_cr_service": "CR", "alicloud_cms_service": "CMS",
}  # fmt: skip
"""Data sources that activate a service when they are read with enable = "On"."""


def questions(target: Target) -> Iterator[Question]:
    needed = list(dict.fromkeys(name for kind, name in SERVICES.items() if target.document.of(kind)))
    itself = {ACTIVATES[kind] for kind in modules.types(target.stack)["data"] if kind in ACTIVATES}
    if needed:
        yield Question("services", partial(_activated, target, needed, itself))


def _activated(target: Target, needed: list[str], itself: set[str], ask: Ask) -> Iterable[Finding]:
    action = PROVISIONS.action
    asked = {f"Services.{number}.ServiceName": name for number, name in enumerate(needed, 1)}
    told = {
        word(one, action, "ServiceName"): one
        for one in rows(ask(PROVISIONS, RegionId=target.region, **asked), action, "ServiceProvisions")
    }
    for name in needed:
        one = told.get(name)
        status = word(one, action, "Status") if one else "not in the answer"
        if one and status == "Enabled":
            yield ok(f"service {name}", "activated")
        elif status == "Disabled" and name in itself:
            yield ok(f"service {name}", "not activated yet; this stack activates it")
        elif one and status == "Disabled":
            reason, url = word(one, action, "StatusReason"), word(one, action, "EnableURL")
            others = words(one, action, "DependentServiceNames")
            do = f"apply {target.stack.name}-bootstrap (state: {{bootstrap: true}}), or activate it{f' at {url}' if url else ''}"
            yield lacks(
                f"service {name}", f"not activated{f': {reason}' if reason else ''}",
                "; it needs ".join([do, *filter(None, [", ".join(others)])]),
            )  # fmt: skip
        else:
            yield look(
                f"service {name}", f"{status}: the vendor does not say whether it is activated", "look in the console"
            )
        if one:
            yield from _roles(name, one, action)


def _roles(name: str, one: Json, action: str) -> Iterator[Finding]:
    for role in rows(one, action, "RoleProvision.Roles"):
        if word(role, action, "Created").lower() == "false":
            yield look(
                f"role {word(role, action, 'RoleName')}", f"of service {name}, not made yet",
                "most services make it at first use if the key may (ram:CreateServiceLinkedRole); the console of the service does",
            )  # fmt: skip


CHECK = Check("services", tuple(SERVICES), (PROVISIONS,), questions)
