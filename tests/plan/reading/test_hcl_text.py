"""Where templates begin and end within a text of HCL."""

from dicom_cdk.plan.reading.hcl_text import templates


def test_templates_are_told_from_letters() -> None:
    assert list(templates('a-${b["${c}"]}-$${d}${e}')) == [
        (False, "a-"), (True, 'b["${c}"]'), (False, "-$${d}"), (True, "e"),
    ]  # fmt: skip
    assert list(templates("a ${b")) == [(False, "a ${b")]
