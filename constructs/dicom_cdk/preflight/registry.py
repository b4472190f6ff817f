"""Container Registry: is there an instance of this name already, and of which edition?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ACR_INSTANCES
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, look, ok, ours_or_taken


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of("alicloud_cr_ee_instance"):
        if name := target.word(one, "instance_name"):
            yield Question(f"registry {name}", partial(_free, name, target.word(one, "instance_type")))


def _free(name: str, edition: str, ask: Ask) -> Iterable[Finding]:
    action = ACR_INSTANCES.action
    found = rows(ask(ACR_INSTANCES, InstanceName=name, PageSize="30"), action, "Instances")
    there = next((one for one in found if word(one, action, "InstanceName") == name), None)
    if there is None:
        yield ok(f"registry {name}", "no instance of this name in the account")
        if edition:
            yield look(
                f"edition {edition} of Container Registry",
                "no call tells which editions a region sells",
                "see the console's purchase page, and that it has room for this site's repositories and VPC",
            )
        return
    yield ours_or_taken(f"registry {name}")
    # Enterprise_Basic is edition Basic.
    has = word(there, action, "InstanceSpecification")
    if has and edition and has.rpartition("_")[2].lower() != edition.lower():
        yield lacks(
            f"edition of registry {name}",
            f"it is {has}, the stack says {edition}",
            "say the edition that it has, or upgrade it in the console",
        )


CHECK = Check("registry", ("alicloud_cr_ee_instance",), (ACR_INSTANCES,), questions)
