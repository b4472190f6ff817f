"""CLB: does the region pair these two zones, and sell balancers that are paid so?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import CLB_SOLD, ROS_ESTIMATE, ROS_FEATURES
from dicom_cdk.account.orchestration import why_no_price
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok

KIND = "alicloud_slb_load_balancer"


def pairs(ask: Ask, region: str, address: str = "vpc") -> list[tuple[str, str]]:
    """(Main zone, standby zone), as sold. Raises AskError."""
    action = CLB_SOLD.action
    answer = ask(CLB_SOLD, RegionId=region, AddressType=address, AddressIPVersion="ipv4")
    return [
        (word(one, action, "MasterZoneId"), word(one, action, "SlaveZoneId"))
        for one in rows(answer, action, "AvailableResources.AvailableResource")
    ]


def paid(target: Target, one: Resource) -> str:
    """How it is paid."""
    return target.word(one, "instance_charge_type") or target.word(one, "payment_type") or "PayAsYouGo"


def bought(target: Target, one: Resource) -> dict[str, str]:
    """Arguments that its price depends on."""
    kind = paid(target, one)
    return {
        "address_type": target.word(one, "address_type") or "intranet",
        "instance_charge_type": kind if kind.startswith("PayBy") else "",
        "load_balancer_spec": target.word(one, "load_balancer_spec"),
    }


def questions(target: Target) -> Iterator[Question]:
    asked, priced = set(), set()
    for one in target.document.of(KIND):
        main, standby = target.word(one, "master_zone_id"), target.word(one, "slave_zone_id")
        address = "classic_internet" if target.word(one, "address_type") == "internet" else "vpc"
        if main and (main, standby, address) not in asked:
            asked.add((main, standby, address))
            yield Question(_name(main, standby), partial(_paired, target, main, standby, address))
        elif not main:
            yield later(one, "the main zone")
        as_bought = tuple(bought(target, one).items())
        if as_bought not in priced:
            priced.add(as_bought)
            name = f"{dict(as_bought)['address_type']} balancer, {paid(target, one)}"
            yield Question(name, partial(_sold_so, target, name, dict(as_bought)))


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


def _sold_so(target: Target, name: str, arguments: dict[str, str], ask: Ask) -> Iterable[Finding]:
    """No call lists ways to pay: ROS says what one costs so, for a balancer that it does not make."""
    if why := why_no_price(KIND, target.region, arguments, ask):
        said = f"no price of it in {target.region}, so not known to be sold so ({why})"
        yield look(name, said, "see the console's purchase page")
    else:
        yield ok(name, f"has a price in {target.region}")


CHECK = Check("balancers", (KIND,), (CLB_SOLD, ROS_FEATURES, ROS_ESTIMATE), questions)
