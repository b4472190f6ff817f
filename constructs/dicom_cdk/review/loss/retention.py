"""Locks on buckets that a change makes, makes final or prolongs: what nobody can take back, said before the apply."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.locked_buckets import BUCKET, LOCK, held_days


def lock_changes(before: Document | None, after: Document | None) -> Iterator[str]:
    """A line a lock that is new, final or longer; what gets shorter or goes is a loss, and told there."""
    old = {one.address: _held(one) for one in before.of(LOCK)} if before else {}
    for one in after.of(LOCK) if after else ():
        was, (days, final) = old.get(one.address), _held(one)
        if (days, final) == was or after is None or (was and was[1] and (not final or days < was[0])):
            continue
        bucket = after.target(one.values.get("bucket"), BUCKET)
        name = str(after.resolved(bucket).get("bucket") or bucket.address) if bucket else str(one.values.get("bucket"))
        written = one.get("retention_period_in_days")
        if not final:
            yield f"{name}: locked for {written} days, on trial: void after 24 hours unless it is made final"
            continue
        yield (
            f"{name}: from this apply on nobody deletes or overwrites an object for {written} days after it was written, the "
            "account's owner and the vendor included; what is in it now is held too"
        )
        yield "  it cannot be taken back or shortened, only prolonged; the bucket cannot be destroyed while it holds an object"
        yield "  what the archive deletes or a patient asks to have deleted stays, and is paid for, until then"


def _held(one: Resource) -> tuple[int, bool]:
    return held_days(one), one.get("status") == "Locked"
