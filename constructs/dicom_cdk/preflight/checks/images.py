"""ECS: is each image still offered?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import IMAGES
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok


def questions(target: Target) -> Iterator[Question]:
    names: dict[str, None] = {}
    for one in target.document.of("alicloud_instance"):
        if name := target.word(one, "image_id"):
            names[name] = None
        else:
            yield later(one, "its image")
    for name in names:
        yield Question(f"image {name}", partial(_offered, target, name))


def _offered(target: Target, image: str, ask: Ask) -> Iterable[Finding]:
    action = IMAGES.action
    answer = ask(IMAGES, RegionId=target.region, ImageId=image, Status="Available,Deprecated")
    found = [one for one in rows(answer, action, "Images.Image") if word(one, action, "ImageId") == image]
    name = f"image {image}"
    if not found:
        yield lacks(
            name, f"not offered in {target.region}",
            "name another as image_id (settings directory, archive): ids are in the console, or by ecs DescribeImages",
        )  # fmt: skip
    elif word(found[0], action, "Status") == "Deprecated":
        yield look(name, "deprecated: usable, and going away", "choose a newer one before it is gone")
    else:
        yield ok(name, "offered")


CHECK = Check("images", ("alicloud_instance",), (IMAGES,), questions)
