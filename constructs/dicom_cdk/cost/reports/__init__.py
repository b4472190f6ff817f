"""The forms of a bill."""

from collections.abc import Callable, Mapping, Sequence

from dicom_cdk.cost.bill import Bill
from dicom_cdk.cost.change import Change
from dicom_cdk.cost.reports.json_report import as_json
from dicom_cdk.cost.reports.markdown import as_markdown
from dicom_cdk.cost.reports.text import as_text

FORMS: Mapping[str, Callable[[Sequence[Bill], Mapping[str, Change], bool], str]] = {
    "text": as_text, "json": as_json, "markdown": as_markdown,
}  # fmt: skip
"""Form → bills, changes by stack, whether a base was named."""
