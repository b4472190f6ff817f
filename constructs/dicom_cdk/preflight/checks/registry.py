"""Container Registry: does the region sell this edition, and is there an instance of this name already?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ACR_INSTANCES, ACR_REGIONS, ROS_ESTIMATE, ROS_FEATURES
from dicom_cdk.account.orchestration import why_no_price
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok, ours_or_taken
from dicom_cdk.preflight.paste import pasted

KIND = "alicloud_cr_ee_instance"
SERVES = "Container Registry"


def bought(edition: str) -> dict[str, str]:
    """Arguments of an instance of this edition, as one buys it for a month."""
    return {"instance_name": "priced", "instance_type": edition, "payment_type": "Subscription", "period": "1"}


def questions(target: Target) -> Iterator[Question]:
    editions: dict[str, None] = {}
    for one in target.document.of(KIND):
        name, edition = target.word(one, "instance_name"), target.word(one, "instance_type")
        if not name or not edition:
            yield later(one, "name or edition")
        if name:
            yield Question(f"registry {name}", partial(_free, name, edition, pasted(one, "instance_name", f"{name}-2")))
        if edition:
            editions[edition] = None
    if editions:
        yield Question(SERVES, partial(_served, target))
    for edition in editions:
        yield Question(f"edition {edition} of {SERVES}", partial(_sold, target, edition))


def _served(target: Target, ask: Ask) -> Iterable[Finding]:
    action = ACR_REGIONS.action
    regions = {word(one, action, "RegionId") for one in rows(ask(ACR_REGIONS), action, "Regions")} - {""}
    if target.region in regions:
        yield ok(SERVES, f"makes instances in {target.region}")
    elif regions:
        yield lacks(SERVES, f"makes none in {target.region}", f"regions: {', '.join(sorted(regions))}")
    else:
        yield look(SERVES, "the vendor names no region", "see the console's purchase page")


def _sold(target: Target, edition: str, ask: Ask) -> Iterable[Finding]:
    """No call lists editions by region: ROS says what one costs there, for an instance that it does not make."""
    name = f"edition {edition} of {SERVES}"
    if why := why_no_price(KIND, target.region, bought(edition), ask):
        said = f"no price of it in {target.region}, so not known to be sold ({why})"
        yield look(name, said, "see the console's purchase page")
    else:
        yield ok(name, f"has a price in {target.region}")


def _free(name: str, edition: str, paste: str, ask: Ask) -> Iterable[Finding]:
    action = ACR_INSTANCES.action
    found = rows(ask(ACR_INSTANCES, InstanceName=name, PageSize="30"), action, "Instances")
    there = next((one for one in found if word(one, action, "InstanceName") == name), None)
    if there is None:
        yield ok(f"registry {name}", "no instance of this name in the account")
        return
    yield ours_or_taken(f"registry {name}", paste)
    # Enterprise_Basic is edition Basic.
    has = word(there, action, "InstanceSpecification")
    if has and edition and has.rpartition("_")[2].lower() != edition.lower():
        yield lacks(
            f"edition of registry {name}",
            f"it is {has}, the stack says {edition}",
            "say the edition that it has, or upgrade it in the console",
        )


CHECK = Check("registry", (KIND,), (ACR_INSTANCES, ACR_REGIONS, ROS_FEATURES, ROS_ESTIMATE), questions)
