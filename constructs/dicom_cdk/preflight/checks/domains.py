"""The gateway's domain: its zone in DNS, what stands in the way of its record, its ICP filing."""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import DNS_RECORDS, DNS_ZONES, FILING
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok, ours_or_taken
from dicom_cdk.preflight.checks.person import mainland

FILED, NOT_FILED = "DomainIsRegistration", "DomainNotRegistration"
REGISTER = "look it up at the ministry's register of filings (beian.miit.gov.cn)"


def questions(target: Target) -> Iterator[Question]:
    records = []
    for one in target.document.of("alicloud_alidns_record"):
        if zone := target.word(one, "domain_name"):
            records.append((zone, *(target.word(one, name) for name in ("rr", "type", "value"))))
        else:
            yield later(one, "its zone")
    for zone in dict.fromkeys(zone for zone, *_ in records):
        yield Question(f"zone {zone}", partial(_zone, zone))
    for zone, label, kind, value in records:
        yield Question(f"record {label}.{zone}", partial(_record, zone, label, kind, value))
    for one in target.document.of("alicloud_fcv3_custom_domain"):
        name = target.word(one, "custom_domain_name")
        if not name:
            yield later(one, "its name")
        elif mainland(target.region):
            yield Question(f"ICP filing of {name}", partial(_filed, target, name))
        else:
            yield Question(f"ICP filing of {name}", partial(_not_asked_for, target, name))


def _zone(zone: str, ask: Ask) -> Iterable[Finding]:
    if _ours(zone, ask):
        yield ok(f"zone {zone}", "in Alibaba Cloud DNS of this account")
    else:
        yield lacks(
            f"zone {zone}", "not in Alibaba Cloud DNS of this account",
            "move it there; or make the record elsewhere by hand, before the apply, and set", "gateway: {dns: false}",
        )  # fmt: skip


def _ours(zone: str, ask: Ask) -> bool:
    answer = ask(DNS_ZONES, KeyWord=zone, SearchMode="EXACT", PageSize="100")
    found = rows(answer, DNS_ZONES.action, "Domains.Domain")
    return any(word(one, DNS_ZONES.action, "DomainName").lower() == zone.lower() for one in found)


def _record(zone: str, label: str, kind: str, value: str, ask: Ask) -> Iterable[Finding]:
    name, action = f"record {label}.{zone}", DNS_RECORDS.action
    if not _ours(zone, ask):
        return
    answer = ask(DNS_RECORDS, DomainName=zone, RRKeyWord=label, PageSize="500")
    found = rows(answer, action, "DomainRecords.Record")
    same = [
        (word(one, action, "Type"), word(one, action, "Value").rstrip("."))
        for one in found
        if word(one, action, "RR").lower() == label.lower()
    ]
    if not same:
        yield ok(name, "nothing stands in its way")
    elif (kind, value.rstrip(".")) in same:
        yield ours_or_taken(name)
    else:
        there = ", ".join(f"{other} {target}" for other, target in sorted(same))
        yield lacks(name, f"{there} is there", f"delete it, if nothing needs it: a {kind} cannot stand beside it")


def _filed(target: Target, domain: str, ask: Ask) -> Iterable[Finding]:
    name = f"ICP filing of {domain}"
    try:
        status = word(ask(FILING, DomainName=domain), FILING.action, "Status")
    except AskError as error:
        if error.kind != "other":
            raise
        yield look(name, f"the vendor does not say ({error.code})", REGISTER)
        return
    if status == FILED:
        yield ok(name, "filed")
    elif status == NOT_FILED:
        yield lacks(
            name,
            f"not filed, and {target.region} serves only filed domains",
            "file it with the vendor: that takes weeks",
        )
    else:
        yield look(name, f"the vendor says {status or 'nothing'}", REGISTER)


def _not_asked_for(target: Target, domain: str, _: Ask) -> Iterable[Finding]:
    yield ok(f"ICP filing of {domain}", f"not asked for in {target.region}")


CHECK = Check(
    "domains", ("alicloud_alidns_record", "alicloud_fcv3_custom_domain"), (DNS_ZONES, DNS_RECORDS, FILING), questions
)
