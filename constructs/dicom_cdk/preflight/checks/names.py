"""Names that are unique in the world: buckets and log projects."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from dicom_cdk.account.answers import word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import BUCKET, LOG_PROJECT
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok, ours_or_taken
from dicom_cdk.preflight.paste import pasted

TAKEN = "taken by another account, or ours and not to be seen by this key"
OTHER_NAME = "names are unique in the world: choose another"


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of("alicloud_oss_bucket"):
        if name := target.word(one, "bucket"):
            ask = partial(_bucket, target.region_of(one), name, pasted(one, "bucket", f"{name}-2"))
            yield Question(f"bucket {name}", partial(_imported, ask) if one.address in target.imported else ask)
        else:
            yield later(one, "its name")
    for one in target.document.of("alicloud_log_project"):
        if name := target.word(one, "project_name"):
            ask = partial(_project, name, pasted(one, "project_name", f"{name}-2"))
            yield Question(f"log project {name}", partial(_imported, ask) if one.address in target.imported else ask)
        else:
            yield later(one, "its name")


def _imported(questions: Callable[[Ask], Iterable[Finding]], ask: Ask) -> Iterator[Finding]:
    """The same of what is imported: it has to be there."""
    for one in questions(ask):
        if one.verdict == "ok":
            yield lacks(
                one.name,
                "is imported, and there is none in this account",
                "take the import block out, or correct the name",
            )
        elif one.verdict == "look":
            yield ok(one.name, "there, and imported")
        else:
            yield replace(one, paste="")


def _bucket(region: str, name: str, paste: str, ask: Ask) -> Iterable[Finding]:
    said = f"bucket {name}"
    try:
        location = word(ask(BUCKET, bucket=name), BUCKET.action, "Location")
    except AskError as error:
        if error.code == "NoSuchBucket":
            yield ok(said, "the name is free")
        elif error.code == "AccessDenied":
            yield lacks(said, TAKEN, OTHER_NAME, paste)
        else:
            raise
        return
    if location.removeprefix("oss-") != region:
        yield lacks(said, f"there already, in {location.removeprefix('oss-')}", OTHER_NAME, paste)
    else:
        yield ours_or_taken(said, paste)


def _project(name: str, paste: str, ask: Ask) -> Iterable[Finding]:
    said = f"log project {name}"
    try:
        ask(LOG_PROJECT, project=name)
    except AskError as error:
        if error.code == "ProjectNotExist":
            yield ok(said, "the name is free")
        elif error.code in ("Unauthorized", "ProjectForbidden"):
            yield lacks(said, TAKEN, OTHER_NAME, paste)
        else:
            raise
    else:
        yield ours_or_taken(said, paste)


CHECK = Check("names", ("alicloud_oss_bucket", "alicloud_log_project"), (BUCKET, LOG_PROJECT), questions)
