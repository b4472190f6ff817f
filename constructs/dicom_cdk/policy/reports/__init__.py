"""Reports of a judgement; each a function from judgement to text. None quotes a value of the stack that could be secret."""

from collections.abc import Callable

from dicom_cdk.policy.gate import Judgement
from dicom_cdk.policy.reports.json_report import json_report
from dicom_cdk.policy.reports.junit import junit
from dicom_cdk.policy.reports.markdown import markdown
from dicom_cdk.policy.reports.sarif import sarif
from dicom_cdk.policy.reports.text import text, to_terminal, waivers

__all__ = ["FORMATS", "to_terminal", "waivers"]

FORMATS: dict[str, Callable[[Judgement], str]] = {
    "text": text,
    "json": json_report,
    "sarif": sarif,
    "junit": junit,
    "markdown": markdown,
}
