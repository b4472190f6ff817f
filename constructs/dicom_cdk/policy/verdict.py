"""What one policy says of one resource, and what it is worth where an argument could not be read."""

from dataclasses import dataclass, replace

from dicom_cdk.policy.document import Resource


@dataclass(frozen=True)
class Verdict:
    """What one policy says of one resource. `problems`: one line each, empty for YAML policies and built-ins."""

    policy: str
    address: str
    passed: bool
    problems: tuple[str, ...] = ()
    judged: bool = True


def read(verdict: Verdict, mode: str) -> Verdict:
    """What passed although arguments could not be read, its problems, is not judged."""
    if not verdict.passed or not verdict.problems:
        return verdict
    why = (
        "is not known before the apply"
        if mode == "plan"
        else "is an expression that only a plan knows: check --plan tells"
    )
    return replace(verdict, passed=False, judged=False, problems=tuple(f"{name} {why}" for name in verdict.problems))


def hidden(verdict: Verdict, resource: Resource, reads: frozenset[str]) -> Verdict:
    """The same verdict, or "not judged" where the policy reads what a plan does not show."""
    return replace(verdict, judged=False) if reads & resource.hidden else verdict
