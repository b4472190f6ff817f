"""Container Registry: is there an instance of this name already?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ACR_INSTANCES
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, ok, ours_or_taken


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of("alicloud_cr_ee_instance"):
        if name := target.word(one, "instance_name"):
            yield Question(f"registry {name}", partial(_free, name))


def _free(name: str, ask: Ask) -> Iterable[Finding]:
    action = ACR_INSTANCES.action
    found = rows(ask(ACR_INSTANCES, InstanceName=name, PageSize="30"), action, "Instances")
    if any(word(one, action, "InstanceName") == name for one in found):
        yield ours_or_taken(f"registry {name}")
    else:
        yield ok(f"registry {name}", "no instance of this name in the account")


CHECK = Check("registry", ("alicloud_cr_ee_instance",), (ACR_INSTANCES,), questions)
