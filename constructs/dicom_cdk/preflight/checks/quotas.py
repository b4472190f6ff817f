"""Quotas against what the stack adds: vCPUs, and what Quota Center counts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from dicom_cdk.account.answers import number, rows, word
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import ECS_ACCOUNT, ECS_TYPES, QUOTAS
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.attributes import attributes
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok

COUNTED = {
    "alicloud_slb_load_balancer": ("slb", ("slb_quota_instances_num",), "balancers"),
    "alicloud_eip_address": ("eip", ("eip_whitelist/eip_number",), "public addresses"),
    "alicloud_nat_gateway": ("vpc", ("vpc_quota_ngw_num",), "NAT gateways"),
    "alicloud_security_group": ("ecs", ("q_security-groups",), "security groups"),
    "alicloud_vpc": ("vpc", ("vpc_quota_instances_num_{region}", "vpc_quota_instances_num"), "VPCs"),
}  # fmt: skip
"""Type → product and codes of Quota Center, the one that counts first, and what it counts."""
RULES = "rules of a security group"
RULE_QUOTA = re.compile(r"(?=.*security.?group)(?=.*rule)", re.IGNORECASE)
"""No page of the vendor says the code: it is looked for by what it counts."""
MOST_VCPU, USED_VCPU = "max-postpaid-instance-vcpu-count", "used-postpaid-instance-vcpu-count"
PAGES = 10


def questions(target: Target) -> Iterator[Question]:
    kinds = Counter(
        target.word(one, "instance_type")
        for one in target.document.of("alicloud_instance")
        if target.word(one, "instance_charge_type") in ("", "PostPaid")
    )
    kinds.pop("", None)
    if kinds:
        yield Question("vCPUs", partial(_vcpus, target, kinds))
    for kind, (product, codes, said) in COUNTED.items():
        if count := len(target.document.of(kind)):
            names = [code.format(region=target.region) for code in codes]
            yield Question(said, partial(_counted, target, product, names, said, count))
    if rules := _rules(target):
        yield Question(RULES, partial(_most_rules, target, *rules.most_common(1)[0]))


def _rules(target: Target) -> Counter[str]:
    """Rules of each security group that the stack gives some, by its address or id."""
    found = Counter[str]()
    for one in target.document.of("alicloud_security_group_rule"):
        group = target.document.target(one.get("security_group_id"), "alicloud_security_group")
        found[group.address if group else target.word(one, "security_group_id") or "one of another stack"] += 1
    return found


def _most_rules(target: Target, group: str, count: int, ask: Ask) -> Iterable[Finding]:
    """The group with the most rules: each group has room for so many."""
    action = QUOTAS.action
    found = [one for one in _all(target, "ecs", ask) if RULE_QUOTA.match(_told(one))]
    totals = [total for one in found if (total := number(one, action, "TotalQuota")) is not None]
    if not totals:
        yield look(RULES, f"Quota Center lists none, {group} gets {count}", "compare with Quota Center (ECS) by hand")
    elif min(totals) < count:
        yield lacks(
            RULES,
            f"{min(totals):g} a group, {group} gets {count}",
            "ask for more in Quota Center (ecs), or name fewer networks",
        )
    else:
        yield ok(RULES, f"{min(totals):g} a group, the most is {count}")


def _told(row: Json) -> str:
    """All that a quota is called."""
    return " ".join(word(row, QUOTAS.action, name) for name in ("QuotaActionCode", "QuotaName", "QuotaDescription"))


def _vcpus(target: Target, kinds: Mapping[str, int], ask: Ask) -> Iterable[Finding]:
    action = ECS_TYPES.action
    asked = {f"InstanceTypes.{number}": kind for number, kind in enumerate(sorted(kinds), 1)}
    cores = {
        word(one, action, "InstanceTypeId"): number(one, action, "CpuCoreCount")
        for one in rows(ask(ECS_TYPES, **asked), action, "InstanceTypes.InstanceType")
    }
    unknown = sorted(kind for kind in kinds if not cores.get(kind))
    added = sum(count * (cores.get(kind) or 0) for kind, count in kinds.items())
    found = attributes(ask, target.region, MOST_VCPU, USED_VCPU)
    most, used = (_largest(found.get(name, [])) for name in (MOST_VCPU, USED_VCPU))
    if unknown or most is None:
        what = f"cores of {', '.join(unknown)} are not known" if unknown else "the vendor tells no quota"
        yield look("vCPUs", what, "compare with Quota Center by hand")
    elif used is not None and used + added > most:
        yield lacks(
            "vCPUs", f"{most - used:g} of {most:g} left, {added:g} are added", "ask for more in Quota Center (ECS)"
        )
    else:
        yield ok("vCPUs", f"{most - (used or 0):g} of {most:g} left, {added:g} are added")


def _largest(values: Iterable[tuple[str, str]]) -> float | None:
    """Of the region where it says one, else the most that a zone says."""
    found = [(zone == "", number({"Value": value}, ECS_ACCOUNT.action, "Value")) for value, zone in values]
    whole = [amount for region, amount in found if region and amount is not None]
    return max(whole or [amount for _, amount in found if amount is not None], default=None)


def _counted(target: Target, product: str, codes: Sequence[str], said: str, count: int, ask: Ask) -> Iterable[Finding]:
    action = QUOTAS.action
    listed = {word(one, action, "QuotaActionCode"): one for one in _all(target, product, ask)}
    code = next((code for code in codes if code in listed), "")
    if not code:
        yield look(
            said, f"Quota Center lists no {codes[-1]} of {product}", f"compare {count} with Quota Center by hand"
        )
        return
    one = listed[code]
    total, used = number(one, action, "TotalQuota"), number(one, action, "TotalUsage")
    if total is None:
        yield look(said, "Quota Center says no number", f"compare {count} with Quota Center by hand")
        return
    left = total - (used or 0) if word(one, action, "Consumable").lower() == "true" else total
    if left < count:
        raised = word(one, action, "Adjustable").lower() == "true"
        do = f"ask for more in Quota Center ({product}, {code})" if raised else "it cannot be raised: free some"
        yield lacks(said, f"{left:g} of {total:g} left, {count} are added", do)
    else:
        yield ok(said, f"{left:g} of {total:g} left, {count} are added")


def _all(target: Target, product: str, ask: Ask) -> list[Json]:
    """Every quota of a product in the stack's region, as far as PAGES go."""
    action, more, found = QUOTAS.action, "", list[Json]()
    asked = {
        "ProductCode": product,
        "Dimensions.1.Key": "regionId",
        "Dimensions.1.Value": target.region,
        "MaxResults": "100",
    }
    for _ in range(PAGES):
        answer = ask(QUOTAS, **asked, **({"NextToken": more} if more else {}))
        found += rows(answer, action, "Quotas")
        more = word(answer, action, "NextToken")
        if not more:
            break
    return found


CHECK = Check(
    "quotas",
    ("alicloud_instance", *COUNTED, "alicloud_security_group_rule"),
    (ECS_ACCOUNT, ECS_TYPES, QUOTAS),
    questions,
)
