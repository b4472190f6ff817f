"""Function Compute: is the region served, are the names free, do the warm instances stay below the account's ceiling?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import FC_FUNCTION, FC_REGIONS
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok, ours_or_taken
from dicom_cdk.preflight.paste import pasted

MOST_INSTANCES = 300
"""A region's instances of an account, before it asks for more (vendor's page of quotas and limits, FC 3.0)."""


def questions(target: Target) -> Iterator[Question]:
    yield Question("Function Compute", partial(_served, target))
    for one in target.document.of("alicloud_fcv3_function"):
        if name := target.word(one, "function_name"):
            yield Question(f"function {name}", partial(_free, name, pasted(one, "function_name", f"{name}-2")))
        else:
            yield later(one, "its name")
    warm = [target.word(one, "target") for one in target.document.of("alicloud_fcv3_provision_config")]
    count = sum(int(each) for each in warm if each.isdigit())
    if count > MOST_INSTANCES:
        said = lacks(
            "warm instances",
            f"{count}, an account has {MOST_INSTANCES} a region",
            "ask for more in Quota Center, or keep fewer",
        )
        yield Question(said.name, lambda _: [said])


def _served(target: Target, ask: Ask) -> Iterable[Finding]:
    action = FC_REGIONS.action
    regions = {word(one, action, "RegionId") for one in rows(ask(FC_REGIONS), action, "Regions.Region")}
    if target.region in regions:
        yield ok("Function Compute", f"serves {target.region}")
    else:
        yield lacks("Function Compute", f"does not serve {target.region}", f"regions: {', '.join(sorted(regions))}")


def _free(name: str, paste: str, ask: Ask) -> Iterable[Finding]:
    try:
        ask(FC_FUNCTION, functionName=name)
    except AskError as error:
        if error.code not in ("FunctionNotFound", "ResourceNotFound"):
            raise
        yield ok(f"function {name}", "the name is free")
    else:
        yield ours_or_taken(f"function {name}", paste)


CHECK = Check(
    "functions", ("alicloud_fcv3_function", "alicloud_fcv3_provision_config"), (FC_REGIONS, FC_FUNCTION), questions
)
