"""Instances of `for_each` and `count`, where the stack itself says which: each is judged like one of a plan."""

from collections.abc import Iterator
from dataclasses import replace

from dicom_cdk.plan.reading import repeated
from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.dynamic_blocks import written_out


def expanded(document: Document) -> Document:
    """The document with a resource for each instance that its files name, and for each of the module that calls it; a plan names
    all itself."""
    written = document.resources if document.by_call is None else document.by_call
    named = any(key in one.values for one in written.values() for key in repeated.REPEATED)
    if document.mode != "json" or (document.by_call is None and not named):
        return document
    found = (each for one in written.values() for each in _instances(one))
    return replace(document, resources={each.address: each for each in found}, by_call=None)


def _instances(one: Resource) -> Iterator[Resource]:
    named = repeated.instances(one.values)
    if named is None:
        yield one
        return
    values = {key: value for key, value in one.values.items() if key not in repeated.REPEATED}
    for key, meant in named.items():
        yield replace(one, address=f"{one.address}{repeated.index(key)}", values=written_out(evaluated(values, meant)))
