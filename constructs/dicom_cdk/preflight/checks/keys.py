"""KMS: secrets, and more keys than the free one, need an instance that the account has bought."""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import number, rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import KMS_DEFAULT, KMS_INSTANCES, KMS_SECRET, KMS_STATUS, KMS_USED
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok, ours_or_taken

NAME = "KMS instance"
COST = (
    "a pay-as-you-go one costs about 4.5 USD a day, and 0.03 a key, 0.013 a secret, 0.5 per query/s of the day's peak "
    "(international list of 2024)"
)


def questions(target: Target) -> Iterator[Question]:
    yield Question("KMS", _active)
    everywhere = {
        "key": target.document.of("alicloud_kms_key"),
        "secret": target.document.of("alicloud_kms_secret"),
    }
    # Asked is the stack's own region: KMS of another one is another.
    needed = {
        kind: [one for one in each if target.region_of(one) == target.region] for kind, each in everywhere.items()
    }
    for region in sorted({target.region_of(one) for one in everywhere["key"]} - {target.region}):
        yield Question(f"KMS in {region}", partial(_elsewhere, region))
    if not target.document.of("alicloud_kms_instance"):
        named = {target.word(one, "dkms_instance_id") for each in needed.values() for one in each}
        counts = {kind: len(each) for kind, each in needed.items()}
        yield Question(NAME, partial(_bought, counts, {one for one in named if one}, "" in named))
    for one in needed["secret"]:
        if name := target.word(one, "secret_name"):
            yield Question(f"secret {name}", partial(_free, name))
        else:
            yield later(one, "its name")


def _active(ask: Ask) -> Iterable[Finding]:
    status = word(ask(KMS_STATUS), KMS_STATUS.action, "AccountStatus")
    if status == "Enabled":
        yield ok("KMS", "activated")
    else:
        yield lacks(
            "KMS", f"{status or 'unknown'}", "activate Key Management Service in the console, or settle its bill"
        )


def _elsewhere(region: str, _: Ask) -> Iterable[Finding]:
    yield look(
        f"KMS in {region}", "only the stack's own region is asked",
        "one default master key a region is free; see in the console whether its place is taken, or name an instance there",
    )  # fmt: skip


def _bought(counts: dict[str, int], named: set[str], unnamed: bool, ask: Ask) -> Iterable[Finding]:
    action = KMS_INSTANCES.action
    found = {
        word(one, action, "KmsInstanceId")
        for one in rows(ask(KMS_INSTANCES, PageSize="100"), action, "KmsInstances.KmsInstance")
    }
    keys, secrets = counts["key"], counts["secret"]
    if not secrets and keys <= 1 and not named:
        yield ok(NAME, "not needed: one master key a region is free")
        return
    if not found:
        buy = f"buy one, which takes two zones and up to 30 minutes, and name it; {COST}"
        yield lacks(
            NAME, f"none in the account, and {secrets} secrets and {keys} keys need one",
            f"{buy}; or keep secrets in a bucket of their own, without an instance" if secrets else buy,
            f"secrets: {{kms_instance_id: kst-…}}{'  # or {store: bucket}' if secrets else ''}",
        )  # fmt: skip
        return
    has, paste = f"the account has {', '.join(sorted(found))}", f"secrets: {{kms_instance_id: {min(found)}}}"
    for wrong in sorted(named - found):
        yield lacks(NAME, f"{wrong} is none of the account", has, paste)
    if unnamed and secrets and not _default(ask):
        yield lacks(NAME, "the account has one, but the stack names none and none is the default", has, paste)
        return
    for instance in sorted((named or found) & found):
        yield from _room(instance, counts, ask)


def _default(ask: Ask) -> str:
    try:
        return word(ask(KMS_DEFAULT), KMS_DEFAULT.action, "DefaultKmsInstanceId")
    except AskError as error:
        if error.kind in ("forbidden", "unreachable", "throttled", "nonsense"):
            raise
        return ""


def _room(instance: str, counts: dict[str, int], ask: Ask) -> Iterator[Finding]:
    action = KMS_USED.action
    for kind, wanted in counts.items():
        if not wanted:
            continue
        told = rows(ask(KMS_USED, KmsInstanceId=instance, ResourceType=kind), action, "KmsInstanceQuotaInfos")
        quota, used = (number(told[0], action, name) if told else None for name in ("ResourceQuota", "UsedQuantity"))
        name = f"{kind}s of {instance}"
        if quota is None or used is None:
            yield look(name, "the vendor does not say how many more it takes", "look at the instance in the console")
        elif quota - used < wanted:
            yield lacks(name, f"{quota - used:g} of {quota:g} left, {wanted} are added", "raise the instance's quota")
        else:
            yield ok(name, f"{quota - used:g} of {quota:g} left, {wanted} are added")


def _free(name: str, ask: Ask) -> Iterable[Finding]:
    try:
        planned = word(ask(KMS_SECRET, SecretName=name), KMS_SECRET.action, "PlannedDeleteTime")
    except AskError as error:
        if error.code not in ("Forbidden.ResourceNotFound", "ResourceNotFound", "Rejected.ResourceNotFound"):
            raise
        yield ok(f"secret {name}", "the name is free")
        return
    if planned:
        yield lacks(
            f"secret {name}", f"waits for its deletion on {planned}", "restore it, delete it for good, or raise its generation",
        )  # fmt: skip
    else:
        yield ours_or_taken(f"secret {name}")


CHECK = Check(
    "keys",
    ("alicloud_kms_key", "alicloud_kms_secret"),
    (KMS_STATUS, KMS_INSTANCES, KMS_DEFAULT, KMS_USED, KMS_SECRET),
    questions,
)
