"""Patterns of the provider, which are Go's, mean the same here."""

import pytest

from dicom_cdk.offline.validation.go_patterns import go_pattern, is_re2


@pytest.mark.parametrize(
    ("pattern", "taken", "refused"),
    [
        (r"^[\w-.]{1,8}$", "a-b.c", "a b"),
        (r"^[a-z\d-]+$", "a-1", "a_1"),
        (r"^[0-9-]+$", "1-2", "a"),
        ("^*.", "a", ""),
        ("^a$", "a", "a\n"),
    ],
)
def test_what_go_takes_python_takes(pattern: str, taken: str, refused: str) -> None:
    """A hyphen behind \\w ended the validation of a public program as a bug of ours."""
    assert is_re2(pattern)
    assert go_pattern(pattern).search(taken)
    assert not go_pattern(pattern).search(refused)
