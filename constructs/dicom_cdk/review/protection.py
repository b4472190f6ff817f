"""What stops a destroy by mistake: arguments of the provider, and Terraform's prevent_destroy."""

from collections.abc import Iterator, Sequence

from dicom_cdk.plan.addresses import plain
from dicom_cdk.review.before_after.sides import PREVENT, Sides, prevented
from dicom_cdk.review.changes import Judged
from dicom_cdk.review.loss.in_place import protections


def switched_off(sides: Sides, judged: Sequence[Judged]) -> Iterator[str]:
    """Address and what was switched off, of what stays."""
    found = {one.change.address: list(one.change.unprotected) for one in judged if one.change.unprotected}
    for address, body in sides.new.items():
        was = sides.was(address)
        if was is not None and prevented(was) and not prevented(body):
            found.setdefault(address, []).append(PREVENT)
    for address, names in sorted(found.items()):
        yield f"{address}: {', '.join(names)}"


def protected(sides: Sides, one: Judged) -> tuple[str, ...]:
    """What protected a resource before the change, by names of arguments."""
    was = sides.old.get(plain(one.change.came_from or one.change.address), {})
    return (*protections(one.before or was), *((PREVENT,) if prevented(was) else ()))
