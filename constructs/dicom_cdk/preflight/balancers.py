"""CLB: does the region pair these two zones?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import CLB_SOLD
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok


def pairs(ask: Ask, region: str, address: str = "vpc") -> list[tuple[str, str]]:
    """(Main zone, standby zone), as sold. Raises AskError."""
    action = CLB_SOLD.action
    answer = ask(CLB_SOLD, RegionId=region, AddressType=address, AddressIPVersion="ipv4")
    return [
        (word(one, action, "MasterZoneId"), word(one, action, "SlaveZoneId"))
        for one in rows(answer, action, "AvailableResources.AvailableResource")
    ]


def questions(target: Target) -> Iterator[Question]:
    asked = set()
    for one in target.document.of("alicloud_slb_load_balancer"):
        main, standby = target.word(one, "master_zone_id"), target.word(one, "slave_zone_id")
        address = "classic_internet" if target.word(one, "address_type") == "internet" else "vpc"
        if main and (main, standby, address) not in asked:
            asked.add((main, standby, address))
            yield Question(_name(main, standby), partial(_paired, target, main, standby, address))
        elif not main:
            yield later(one, "the main zone")


def _name(main: str, standby: str) -> str:
    return f"balancer in {main}{f' and {standby}' if standby else ''}"


def _paired(target: Target, main: str, standby: str, address: str, ask: Ask) -> Iterable[Finding]:
    found = pairs(ask, target.region, address)
    if any(one == main and standby in ("", other) for one, other in found):
        yield ok(_name(main, standby), "sold")
        return
    partners = sorted({other for one, other in found if one == main})
    if partners:
        yield lacks(_name(main, standby), "not sold as a pair", f"standby zones for {main}: {', '.join(partners)}")
    else:
        mains = sorted({one for one, _ in found})
        yield lacks(_name(main, standby), f"{main} is no main zone", f"main zones: {', '.join(mains) or 'none'}")


CHECK = Check("balancers", ("alicloud_slb_load_balancer",), (CLB_SOLD,), questions)
