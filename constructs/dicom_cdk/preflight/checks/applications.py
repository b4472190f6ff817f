"""SAE: is an instance of this size offered?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import SAE_SIZES
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of("alicloud_sae_application"):
        cpu, memory = target.word(one, "cpu"), target.word(one, "memory")
        if cpu and memory:
            yield Question(_name(cpu, memory), partial(_offered, cpu, memory))
        else:
            yield later(one, "cpu or memory")


def _name(cpu: str, memory: str) -> str:
    return f"SAE instance of {cpu} millicores and {memory} MB"


def _offered(cpu: str, memory: str, ask: Ask) -> Iterable[Finding]:
    action = SAE_SIZES.action
    sizes = {
        (word(one, action, "Cpu"), word(one, action, "Memory"))
        for one in rows(ask(SAE_SIZES), action, "Data")
        if word(one, action, "Enable").lower() == "true"
    }
    if (cpu, memory) in sizes:
        yield ok(_name(cpu, memory), "offered")
        return
    memories = sorted((int(each) for size, each in sizes if size == cpu and each.isdigit()))
    do = f"memory that {cpu} millicores go with: {', '.join(map(str, memories))}" if memories else (
        "cpu that is offered: " + (", ".join(map(str, sorted({int(size) for size, _ in sizes if size.isdigit()}))) or "none")
    )  # fmt: skip
    yield lacks(_name(cpu, memory), "not offered", f"{do} (settings dicomweb.cpu_millicores, dicomweb.memory_mb)")


CHECK = Check("applications", ("alicloud_sae_application",), (SAE_SIZES,), questions)
