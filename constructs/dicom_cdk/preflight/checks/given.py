"""What a stack takes as given, by id or name: VPC, vSwitches, keys, registry and buckets that are there already. Are they, and do
they fit?
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ACR_INSTANCES, BUCKET, KMS_KEY, VPCS, VSWITCHES
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import FILE, Stack, texts_in
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok

ID = re.compile(r"(vpc|vsw|key|cri)-[a-z0-9]{3,}")
SQL_BUCKET = re.compile(r'"sql_bucket"\s*[=:]\s*"([a-z0-9][a-z0-9-]{1,61}[a-z0-9])"')
GONE = ("NoSuchBucket",)
NOT_OURS = "it is another account's, of another region, or this key may not see it"


def ids(target: Target) -> dict[str, list[str]]:
    """Ids that stand in arguments as text, by their beginning: vpc, vsw, key, cri; of the stack's own region, which is asked."""
    found: dict[str, set[str]] = {}
    for one in target.document.resources.values():
        if target.region_of(one) != target.region:
            continue
        for text in _by_id(one.values):
            for part in text.split(","):
                if whole := ID.fullmatch(part.strip()):
                    found.setdefault(whole[1], set()).add(whole[0])
    return {kind: sorted(each) for kind, each in found.items()}


def _by_id(value: Any, name: str = "") -> Iterator[str]:
    """Texts of arguments that take an id: names may look like one (vpc-clinic)."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "//":
                yield from _by_id(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _by_id(part, name)
    elif isinstance(value, str) and name.endswith(("_id", "_ids", "_key")):
        yield value


def buckets(target: Target) -> list[str]:
    """Buckets that the stack reads and that neither it nor its bootstrap makes: the archive's SQL, the state's."""
    before = target.stack.folder.with_name(f"{target.stack.name}-bootstrap")
    makers = [target, *([Target(Stack.read(before))] if (before / FILE).exists() else [])]
    made = {maker.word(one, "bucket") for maker in makers for one in maker.document.of("alicloud_oss_bucket")}
    steps = target.document.of("alicloud_ecs_invocation")
    found = {name for one in steps for text in texts_in(one.values) for name in SQL_BUCKET.findall(text)}
    backend = target.stack.document.get("terraform", {}).get("backend", {})
    state = backend.get("oss", {}) if isinstance(backend, dict) else {}
    if isinstance(state, dict) and isinstance(state.get("bucket"), str):
        found.add(state["bucket"])
    return sorted(found - made)


def questions(target: Target) -> Iterator[Question]:
    given = ids(target)
    for one in given.get("vpc", []):
        yield Question(f"VPC {one}", partial(_vpc, target, one))
    for one in given.get("vsw", []):
        yield Question(f"vSwitch {one}", partial(_vswitch, target, one, given.get("vpc", [])))
    for one in given.get("key", []):
        yield Question(f"key {one}", partial(_key, target, one))
    for one in given.get("cri", []):
        yield Question(f"registry {one}", partial(_registry, one))
    for one in buckets(target):
        yield Question(f"bucket {one}", partial(_bucket, one))


def _vpc(target: Target, one: str, ask: Ask) -> Iterable[Finding]:
    action = VPCS.action
    listed = rows(ask(VPCS, RegionId=target.region, VpcId=one), action, "Vpcs.Vpc")
    found = [row for row in listed if word(row, action, "VpcId") == one]
    if not found:
        yield lacks(f"VPC {one}", f"not in {target.region} of this account", f"correct network.vpc_id; {NOT_OURS}")
    elif (status := word(found[0], action, "Status")) not in ("Available", ""):
        yield lacks(f"VPC {one}", status, "wait until it is Available")
    else:
        yield ok(f"VPC {one}", f"there, {word(found[0], action, 'CidrBlock')}")


def _vswitch(target: Target, one: str, vpcs: list[str], ask: Ask) -> Iterable[Finding]:
    name, action = f"vSwitch {one}", VSWITCHES.action
    answer = ask(VSWITCHES, RegionId=target.region, VSwitchId=one)
    found = [row for row in rows(answer, action, "VSwitches.VSwitch") if word(row, action, "VSwitchId") == one]
    if not found:
        yield lacks(
            name, f"not in {target.region} of this account", f"correct network.vswitch_l and vswitch_g; {NOT_OURS}"
        )
        return
    vpc, zone, cidr = (word(found[0], action, each) for each in ("VpcId", "ZoneId", "CidrBlock"))
    wrong = []
    if vpcs and vpc not in vpcs:
        wrong.append(f"it is in {vpc}, the stack says {', '.join(vpcs)}")
    if (wanted := zones(target, one)) and zone not in wanted:
        wrong.append(f"it is in {zone}, the stack says {', '.join(sorted(wanted))}")
    outside = [each for each in sorted(addresses(target, one)) if not _inside(each, cidr)]
    if outside:
        wrong.append(f"it has {cidr}, the stack's {', '.join(outside)} {'is' if len(outside) == 1 else 'are'} outside")
    if wrong:
        yield lacks(name, "; ".join(wrong), "correct id, zone and cidr of this vSwitch in the site file")
        return
    left = word(found[0], action, "AvailableIpAddressCount")
    yield ok(name, f"there, in {zone}, {cidr}" + (f", {left} addresses left" if left else ""))


def _places(target: Target) -> Iterator[tuple[str, str, Resource]]:
    """vSwitch as text, its zone where a resource says it, and the resource."""
    for one in target.document.resources.values():
        values: dict[str, Any] = target.document.resolved(one)
        names = [part.strip() for part in str(values.get("vswitch_id") or "").split(",")]
        said = ("zone_id", "zone_id_slave_a") if len(names) > 1 else ("availability_zone", "master_zone_id", "zone_id")
        found = [zone for key in said if (zone := target.word(one, key))]
        for at, name in enumerate(names):
            zone = found[at if len(names) > 1 else 0] if len(found) > (at if len(names) > 1 else 0) else ""
            yield name, zone, one


def zones(target: Target, vswitch: str) -> set[str]:
    """Where the stack says that a vSwitch is."""
    return {zone for name, zone, _ in _places(target) if name == vswitch and zone}


def addresses(target: Target, vswitch: str) -> set[str]:
    """Fixed addresses that the stack wants in a vSwitch."""
    inside = [one for name, _, one in _places(target) if name == vswitch]
    return {found for one in inside for key in ("private_ip", "address") if (found := target.word(one, key))}


def _inside(address: str, cidr: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)
    return True


def _key(target: Target, one: str, ask: Ask) -> Iterable[Finding]:
    name, action = f"key {one}", KMS_KEY.action
    try:
        about = ask(KMS_KEY, KeyId=one)
    except AskError as error:
        if "NotFound" not in error.code:
            raise
        yield lacks(name, f"not in KMS of {target.region} ({error.code})", f"correct secrets.kms_key_id; {NOT_OURS}")
        return
    state, spec = word(about, action, "KeyMetadata.KeyState"), word(about, action, "KeyMetadata.KeySpec")
    if state != "Enabled":
        yield lacks(name, f"it is {state or 'in no state that the vendor tells'}", "enable it, or give another one")
    elif spec and not spec.startswith(("Aliyun_AES", "AES")):
        yield lacks(name, f"it is of kind {spec}: disks, database and buckets take a symmetric one", "give another one")
    else:
        yield ok(name, f"enabled{f', {spec}' if spec else ''}")


def _registry(one: str, ask: Ask) -> Iterable[Finding]:
    name, action = f"registry {one}", ACR_INSTANCES.action
    listed = rows(ask(ACR_INSTANCES, PageSize="100"), action, "Instances")
    found = next((row for row in listed if word(row, action, "InstanceId") == one), None)
    if found is None:
        yield lacks(name, "no instance of this account and region", f"correct registry.instance_id; {NOT_OURS}")
        return
    status, edition = word(found, action, "InstanceStatus"), word(found, action, "InstanceSpecification")
    if status not in ("RUNNING", ""):
        yield lacks(name, f"it is {status}", "renew or start it first")
    else:
        yield ok(name, f"there{f', edition {edition}' if edition else ''}")


def _bucket(one: str, ask: Ask) -> Iterable[Finding]:
    name = f"bucket {one}"
    try:
        place = word(ask(BUCKET, bucket=one), BUCKET.action, "Location")
    except AskError as error:
        if error.code in GONE:
            yield lacks(name, "there is none of this name", "make it, or correct the site file")
        elif error.code == "AccessDenied":
            yield look(name, "this key may not look at it", "see that the host's role, and who applies, may read it")
        else:
            raise
        return
    yield ok(name, f"there, in {place.removeprefix('oss-')}")


CHECK = Check(
    "given",
    (),
    (VPCS, VSWITCHES, KMS_KEY, ACR_INSTANCES, BUCKET),
    questions,
    applies=lambda target: bool(ids(target) or buckets(target)),
)
