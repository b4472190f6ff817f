"""Where templates begin and end within a text of HCL."""

from dicom_cdk.plan.reading.hcl_text import pieces


def test_templates_are_told_from_letters() -> None:
    assert pieces('a-${b["${c}"]}-$${d}${e}') == [("", "a-"), ("$", 'b["${c}"]'), ("", "-$${d}"), ("$", "e")]
    assert pieces('%%{x}%{ if "%{ y }" == b ~}c%{endif}') == [
        ("", "%%{x}"), ("%", ' if "%{ y }" == b ~'), ("", "c"), ("%", "endif"),
    ]  # fmt: skip
    assert pieces("a ${b") == [("", "a ${b")]
    assert pieces("") == [("", "")]
